import { Tag } from 'antd';
import type { AuditAnswer } from '../../../src/client/answers.ts';
import { isolate } from '../../shared/isolate.ts';
import { useList } from '../data/list.ts';
import { Head, Nothing } from '../parts/common.tsx';
import { type Column, List } from '../parts/lists/list.tsx';
import { Time } from '../parts/time.tsx';
import { useTexts } from '../preferences.ts';

type Entry = AuditAnswer['entries'][number];

/** The audit log: all changes by operators, newest first. */
export default function Audit() {
  const t = useTexts();
  const list = useList<Entry, AuditAnswer>('/console/v1/audit', (page) => page.entries);
  const columns: readonly Column<Entry>[] = [
    {
      key: 'action',
      title: t.audit.action,
      cell: (entry) => (
        <span className="main-cell">
          <span>
            <Tag>{entry.action}</Tag>
          </span>
          <small className="one-line">
            {[...new Set([entry.target, entry.corpId])].filter(isGiven).map(isolate).join(' · ')}
          </small>
        </span>
      ),
    },
    { key: 'change', title: t.audit.change, from: 'md', cell: (entry) => <Change entry={entry} /> },
    {
      key: 'actor',
      title: t.audit.actor,
      width: 130,
      cell: ({ actor }) => (actor === 'token' ? t.audit.token : <bdi>{actor}</bdi>),
    },
    { key: 'at', title: t.audit.at, width: 190, cell: ({ at }) => <Time at={at} /> },
  ];
  return (
    <>
      <Head title={t.pages.audit} hint={t.audit.hint} />
      <List
        name={t.pages.audit}
        list={list}
        columns={columns}
        keyOf={({ id }) => String(id)}
        empty={<Nothing text={t.audit.nothing} />}
      />
    </>
  );
}

/** The fields whose values changed, such as `name: 曲 → 曲大岳`. */
function Change({ entry: { before, after } }: { readonly entry: Entry }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const changed = names.filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]));
  return (
    <span className="pre-wrap">
      {changed
        .map((name) => `${name}: ${before ? `${formatValue(before[name])} → ` : ''}${formatValue(after?.[name])}`)
        .join('\n')}
    </span>
  );
}

const isGiven = (text: string | null | undefined): text is string => Boolean(text);

function formatValue(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return isolate(typeof value === 'string' ? value : JSON.stringify(value));
}
