import { SearchOutlined } from '@ant-design/icons';
import { Input, Switch } from 'antd';
import { useRef, useState } from 'react';
import type { ConsoleOrganization, ConsoleRight, OrganizationsAnswer } from '../../../src/client/answers.ts';
import { usePaged } from '../data/load.ts';
import { useSettled } from '../data/settled.ts';
import { organizations, searchPath } from '../data/sources.ts';
import { useTexts } from '../texts/use-texts.ts';
import { useCan } from './allowed.tsx';
import { Nothing } from './common.tsx';
import { More } from './lists/more.tsx';

type Props = {
  readonly title: string;
  /** The right that a switch needs in its organization. */
  readonly right: ConsoleRight;
  /** The corpIds whose switch is on. */
  readonly on: readonly string[];
  readonly onSet: (corpId: string, isOn: boolean) => void;
};

/** A list of all organizations with a switch each. A list longer than one page has a search field. */
export function CorpSwitches({ title, right, on, onSet }: Props) {
  const t = useTexts();
  const can = useCan();
  const [text, setText] = useState('');
  const list = usePaged<ConsoleOrganization, OrganizationsAnswer>(
    searchPath(organizations, useSettled(text)),
    organizations.itemsOf,
  );
  const isLong = useRef(false);
  isLong.current ||= list.hasMore;
  return (
    <section className="spaced">
      <div className="box-head">
        <h2>{title}</h2>
        {isLong.current && (
          <Input
            dir="auto"
            disabled={false}
            prefix={<SearchOutlined />}
            aria-label={t.choices.searchOrganizations}
            placeholder={t.choices.searchOrganizations}
            value={text}
            onChange={({ target }) => setText(target.value)}
            allowClear
            maxLength={128}
          />
        )}
      </div>
      <ul className="tiles">
        {list.items.map(({ corpId, name }) => (
          <li key={corpId}>
            <bdi>{name}</bdi>
            <Switch
              aria-label={name}
              disabled={!can(right, corpId)}
              checked={on.includes(corpId)}
              onChange={(isOn) => onSet(corpId, isOn)}
            />
          </li>
        ))}
      </ul>
      {text && !list.loading && !list.error && list.items.length === 0 && <Nothing text={t.choices.nothing} />}
      <More list={list} />
    </section>
  );
}
