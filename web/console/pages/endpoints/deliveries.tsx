import { RedoOutlined, ReloadOutlined } from '@ant-design/icons';
import { Button, Tag } from 'antd';
import type { ConsoleEventDelivery, ConsoleRight, DeliveriesAnswer } from '../../../../src/client/answers.ts';
import { useChange } from '../../data/changes.ts';
import { useList } from '../../data/list.ts';
import { useReloadOn } from '../../data/reload-on.ts';
import { SelectFilter, useFilters } from '../../parts/choices/select-filter.tsx';
import { Nothing } from '../../parts/common.tsx';
import { useFormat } from '../../parts/format.ts';
import { type Column, List } from '../../parts/lists/list.tsx';
import { RowActions } from '../../parts/lists/row-actions.tsx';
import { TwoLines } from '../../parts/lists/two-lines.tsx';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/use-texts.ts';

type Type = NonNullable<ConsoleEventDelivery['event']>['type'];

type Props = {
  /** The path of the calls for the deliveries. */
  readonly path: string;
  /** The parameters of all these calls. */
  readonly query: Readonly<Record<string, string>>;
  /** The list is loaded again when this changes. */
  readonly version: unknown;
  /** The right to send one again, and the organization where it is needed. */
  readonly right: ConsoleRight;
  readonly corpId: string | null;
  /** The name of a type of events; the type itself by default. */
  readonly nameOf?: (type: Type) => string;
  /** Reloads the receiver, whose counts have changed. */
  readonly onChanged: () => void;
};

const colors = { waiting: 'warning', delivered: 'success', failed: 'error' } as const;

/** Everything that was sent to a receiver of events, with its last answer. */
export function Deliveries({ path, query, version, right, corpId, nameOf = (type) => type, onChanged }: Props) {
  const t = useTexts();
  const change = useChange();
  const filtered = useFilters(['state'], query);
  const list = useList<ConsoleEventDelivery, DeliveriesAnswer>(`${path}?${filtered}`, (page) => page.deliveries);
  useReloadOn(list, version);
  const again = async (number: number) => {
    const call = `${path}/${number}/again?${new URLSearchParams(query)}`;
    if (await change('POST', call, {}, t.saved)) onChanged();
  };
  return (
    <section>
      <div className="box-head">
        <h2>{t.endpoints.deliveries}</h2>
        <Button icon={<ReloadOutlined />} onClick={onChanged}>
          {t.endpoints.reload}
        </Button>
      </div>
      <search className="box">
        <div className="filters">
          <SelectFilter name="state" label={t.endpoints.state} options={t.endpoints.filter} />
        </div>
      </search>
      <List
        name={t.endpoints.deliveries}
        list={list}
        columns={useColumns(nameOf, { right, corpId }, again)}
        keyOf={({ number }) => String(number)}
        empty={<Nothing text={filtered.has('state') ? t.endpoints.noMatch : t.endpoints.noDeliveries} />}
      />
    </section>
  );
}

function useColumns(
  typeNameOf: (type: Type) => string,
  needed: Pick<Props, 'right' | 'corpId'>,
  again: (number: number) => void,
): readonly Column<ConsoleEventDelivery>[] {
  const t = useTexts();
  const format = useFormat();
  const nameOf = ({ number }: ConsoleEventDelivery) => t.endpoints.number(format.number(number));
  return [
    {
      key: 'event',
      title: t.endpoints.event,
      cell: (one) => (
        <TwoLines
          first={one.event ? typeNameOf(one.event.type) : t.endpoints.gone}
          second={[nameOf(one), one.event?.data.name ?? ''].filter(Boolean).join(' · ')}
        />
      ),
    },
    {
      key: 'state',
      title: t.endpoints.state,
      width: 110,
      cell: ({ state }) => <Tag color={colors[state]}>{t.endpoints.states[state]}</Tag>,
    },
    {
      key: 'answer',
      title: t.endpoints.answer,
      cell: ({ tries, status, answer }) => (
        <TwoLines
          first={t.endpoints.tries(format.number(tries), String(status ?? t.endpoints.noAnswer))}
          second={answer ?? ''}
        />
      ),
    },
    {
      key: 'tried',
      title: t.endpoints.tried,
      width: 200,
      from: 'md',
      cell: ({ triedAt, dueAt }) => (
        <span className="main-cell">
          {triedAt !== null && <Time at={triedAt} />}
          {dueAt !== null && <small>{t.endpoints.next(format.time(dueAt))}</small>}
        </span>
      ),
    },
    {
      key: 'actions',
      title: t.actions,
      width: 80,
      cell: (one) => (
        <RowActions
          of={nameOf(one)}
          actions={[{ icon: <RedoOutlined />, label: t.endpoints.again, ...needed, run: () => again(one.number) }]}
        />
      ),
    },
  ];
}
