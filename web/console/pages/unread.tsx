import { Select } from 'antd';
import type { ConsoleUnreadAnswer } from '../../../src/client/answers.ts';
import { useList } from '../data/list.ts';
import { RobotChoice } from '../parts/choices/robot-choice.tsx';
import { Head, Nothing } from '../parts/common.tsx';
import { useCorps } from '../parts/corp.tsx';
import { useFormat } from '../parts/format.ts';
import { type Column, List } from '../parts/lists/list.tsx';
import { TwoLines } from '../parts/lists/two-lines.tsx';
import { kindOf, summaryOf } from '../parts/message-text.ts';
import { Time } from '../parts/time.tsx';
import { useParameters } from '../route.tsx';
import { useTexts } from '../texts/use-texts.ts';

type Row = ConsoleUnreadAnswer['unread'][number];

/** The unread deliveries of all messages. */
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
        <UnreadList
          query={new URLSearchParams({ corpId, ...(robotCode && { robotCode }), ...(minAge && { minAge }) })}
        />
      )}
    </>
  );
}

function UnreadList({ query }: { readonly query: URLSearchParams }) {
  const t = useTexts();
  const format = useFormat();
  const list = useList<Row, ConsoleUnreadAnswer>(`/console/v1/unread?${query}`, (page) => page.unread);
  const scannedTo = (list.last as ConsoleUnreadAnswer | undefined)?.scannedTo;
  const columns: readonly Column<Row>[] = [
    { key: 'name', title: t.message.recipient, cell: (row) => <TwoLines first={row.name} second={row.userId} /> },
    {
      key: 'message',
      title: t.messages.message,
      cell: (row) => (
        <TwoLines
          first={summaryOf(row.msgParam) || kindOf(row.msgKey, t)}
          second={row.robotName}
          to={`/messages/${encodeURIComponent(row.messageId)}`}
        />
      ),
    },
    {
      key: 'waiting',
      title: t.unread.waiting,
      width: 112,
      cell: ({ waiting }) => <span className="number">{format.duration(waiting)}</span>,
    },
    { key: 'sentAt', title: t.messages.sentAt, width: 190, from: 'md', cell: ({ sentAt }) => <Time at={sentAt} /> },
  ];
  return (
    <List
      name={t.unread.list}
      list={list}
      columns={columns}
      keyOf={({ messageId, userId }) => `${messageId} ${userId}`}
      empty={<Nothing text={t.unread.nothing} />}
      note={scannedTo && <span>{t.messages.scannedTo(format.time(scannedTo))}</span>}
    />
  );
}
