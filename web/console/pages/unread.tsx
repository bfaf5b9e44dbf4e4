import { Select, Table, type TableColumnsType } from 'antd';
import type { ConsoleUnreadAnswer } from '../../../src/client/answers.ts';
import { UserLine } from '../../shared/bidi.tsx';
import { usePaged } from '../data/load.ts';
import { emptyOf, Head, More, Nothing } from '../parts/common.tsx';
import { useCorps } from '../parts/corp.tsx';
import { useFormat } from '../parts/format.ts';
import { kindOf, summaryOf } from '../parts/message-text.ts';
import { RobotChoice } from '../parts/robot-choice.tsx';
import { Time } from '../parts/time.tsx';
import { useTexts } from '../preferences.ts';
import { Link, useParameters } from '../route.tsx';

type Row = ConsoleUnreadAnswer['unread'][number];

/** Who has not read what, across all messages. */
export default function Unread() {
  const t = useTexts();
  const { corpId } = useCorps();
  const [parameters, change] = useParameters();
  const minAge = parameters.get('minAge') ?? '';
  const robotCode = parameters.get('robotCode') ?? undefined;
  return (
    <>
      <Head title={t.pages.unread} hint={t.unread.hint} />
      <search className="box">
        <div className="filters">
          <div className="field">
            <span>{t.unread.minAge}</span>
            <Select
              aria-label={t.unread.minAge}
              value={minAge}
              options={Object.entries(t.unread.ages).map(([value, label]) => ({ value, label }))}
              onChange={(value) => change({ minAge: value })}
            />
          </div>
          <RobotChoice value={robotCode} onChange={(value) => change({ robotCode: value })} />
        </div>
      </search>
      {corpId && (
        <Waiting query={new URLSearchParams({ corpId, ...(robotCode && { robotCode }), ...(minAge && { minAge }) })} />
      )}
    </>
  );
}

function Waiting({ query }: { readonly query: URLSearchParams }) {
  const t = useTexts();
  const format = useFormat();
  const list = usePaged<Row, ConsoleUnreadAnswer>(`/console/v1/unread?${query}`, (page) => page.unread);
  const scannedTo = (list.last as ConsoleUnreadAnswer | undefined)?.scannedTo;
  const columns: TableColumnsType<Row> = [
    { title: t.message.recipient, key: 'name', render: (_, row) => <Two first={row.name} second={row.userId} /> },
    {
      title: t.messages.message,
      key: 'message',
      render: (_, row) => (
        <span className="main-cell">
          <Link to={`/messages/${encodeURIComponent(row.messageId)}`} className="one-line" dir="auto">
            {summaryOf(row.msgParam) || kindOf(row.msgKey, t)}
          </Link>
          <UserLine isSmall>{row.robotName}</UserLine>
        </span>
      ),
    },
    {
      title: t.unread.waiting,
      dataIndex: 'waiting',
      width: 112,
      render: (ms: number) => <span className="number">{format.duration(ms)}</span>,
    },
    {
      title: t.messages.sentAt,
      dataIndex: 'sentAt',
      width: 190,
      responsive: ['md'],
      render: (at: number) => <Time at={at} />,
    },
  ];
  return (
    <section className="box flush" aria-label={t.unread.list}>
      <Table<Row>
        size="middle"
        rowKey={(row) => `${row.messageId} ${row.userId}`}
        columns={columns}
        dataSource={[...list.items]}
        loading={list.loading}
        pagination={false}
        tableLayout="fixed"
        locale={emptyOf(list, <Nothing text={t.unread.nothing} />)}
      />
      <More list={list}>{scannedTo && <span>{t.messages.scannedTo(format.time(scannedTo))}</span>}</More>
    </section>
  );
}

function Two({ first, second }: { readonly first: string; readonly second: string }) {
  return (
    <span className="main-cell">
      <UserLine>{first}</UserLine>
      <UserLine isSmall>{second}</UserLine>
    </span>
  );
}
