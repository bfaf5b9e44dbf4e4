import { Table, type TableColumnsType, Tag } from 'antd';
import type { AuditAnswer } from '../../../src/client/answers.ts';
import { isolate } from '../../shared/isolate.ts';
import { usePaged } from '../data/load.ts';
import { emptyOf, Head, More, Nothing } from '../parts/common.tsx';
import { useFormat } from '../parts/format.ts';
import { Time } from '../parts/time.tsx';
import { useTexts } from '../preferences.ts';

type Entry = AuditAnswer['entries'][number];

/** Every change that operators made, the newest first. */
export default function Audit() {
  const t = useTexts();
  const format = useFormat();
  const list = usePaged<Entry, AuditAnswer>('/console/v1/audit', (page) => page.entries);
  const columns: TableColumnsType<Entry> = [
    {
      title: t.audit.action,
      key: 'action',
      render: (_, entry) => (
        <span className="main-cell">
          <span>
            <Tag>{entry.action}</Tag>
          </span>
          <small className="one-line">
            <span className="only-phone">{format.short(entry.at)} · </span>
            {[...new Set([entry.target, entry.corpId])].filter(isGiven).map(isolate).join(' · ')}
          </small>
        </span>
      ),
    },
    { title: t.audit.change, key: 'change', responsive: ['md'], render: (_, entry) => <Change entry={entry} /> },
    {
      title: t.audit.actor,
      dataIndex: 'actor',
      width: 130,
      render: (actor: string) => (actor === 'token' ? t.audit.token : <bdi>{actor}</bdi>),
    },
    {
      title: t.audit.at,
      dataIndex: 'at',
      width: 190,
      responsive: ['sm'],
      render: (at: number) => <Time at={at} />,
    },
  ];
  return (
    <>
      <Head title={t.pages.audit} hint={t.audit.hint} />
      <section className="box flush" aria-label={t.pages.audit}>
        <Table<Entry>
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={[...list.items]}
          loading={list.loading}
          pagination={false}
          tableLayout="fixed"
          locale={emptyOf(list, <Nothing text={t.audit.nothing} />)}
        />
        <More list={list} />
      </section>
    </>
  );
}

/** The fields that became others: `name: 曲 → 曲大岳`. */
function Change({ entry: { before, after } }: { readonly entry: Entry }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const changed = names.filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]));
  return (
    <span className="pre-wrap">
      {changed
        .map((name) => `${name}: ${before ? `${written(before[name])} → ` : ''}${written(after?.[name])}`)
        .join('\n')}
    </span>
  );
}

const isGiven = (text: string | null | undefined): text is string => Boolean(text);

function written(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return isolate(typeof value === 'string' ? value : JSON.stringify(value));
}
