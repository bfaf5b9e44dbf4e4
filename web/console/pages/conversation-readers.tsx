import { Segmented } from 'antd';
import type {
  ConsoleMessageDetail,
  ConsoleNonReadersAnswer,
  ConsoleReadersAnswer,
} from '../../../src/client/answers.ts';
import { useList } from '../data/list.ts';
import { useReloadOn } from '../data/reload-on.ts';
import { Nothing } from '../parts/common.tsx';
import { useFormat } from '../parts/format.ts';
import { type Column, List } from '../parts/lists/list.tsx';
import { TwoLines, userPath } from '../parts/lists/two-lines.tsx';
import { Time } from '../parts/time.tsx';
import { useParameters } from '../route.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { State } from './recipients.tsx';

type Props = { readonly message: ConsoleMessageDetail };
type ListProps = {
  readonly message: Pick<ConsoleMessageDetail, 'messageId' | 'sentAt' | 'recalledAt'>;
  /** The list loads again when it changes. */
  readonly version: unknown;
};
type Reader = ConsoleReadersAnswer['readers'][number];
type NonReader = ConsoleNonReadersAnswer['nonReaders'][number];

const lists = ['read', 'unread'] as const;

/** Who has read a message to a conversation, in the order of reading, or who has not. */
export function ConversationReaders({ message }: Props) {
  const t = useTexts();
  const [parameters] = useParameters();
  const shown = parameters.get('state') === 'unread' ? 'unread' : 'read';
  const { readCount = 0, memberCount = 0 } = message.members ?? {};
  const counts = { read: readCount, unread: Math.max(0, memberCount - readCount) };
  return (
    <>
      <ListHead
        title={t.chats.readers}
        lists={lists.map((value) => ({ value, label: t.chats.lists[value], count: counts[value] }))}
        shown={shown}
        status={t.readOf(readCount, memberCount)}
      />
      {shown === 'read' ? (
        <Readers message={message} version={message.sequence} />
      ) : (
        <NonReaders message={message} version={message.sequence} />
      )}
    </>
  );
}

type HeadProps = {
  readonly title: string;
  readonly lists: readonly { readonly value: string; readonly label: string; readonly count: number }[];
  readonly shown: string;
  /** A status that screen readers announce when it changes. */
  readonly status: string;
};

/** The head of the lists of a message's recipients, which chooses one of them in the address. */
export function ListHead({ title, lists: all, shown, status }: HeadProps) {
  const t = useTexts();
  const format = useFormat();
  const [, change] = useParameters();
  return (
    <>
      <div className="box-head">
        <h2>{title}</h2>
        <Segmented
          name="state"
          aria-label={t.message.state}
          value={shown}
          options={all.map(({ value, label, count }) => ({ value, label: `${label} ${format.number(count)}` }))}
          onChange={(value) => change({ state: value })}
        />
      </div>
      <p className="unseen" role="status">
        {status}
      </p>
    </>
  );
}

const pathOf = ({ messageId }: ListProps['message'], list: string) =>
  `/console/v1/messages/${encodeURIComponent(messageId)}/${list}`;

/** Who has read a message to a conversation, or a work notice, in the order of reading. */
export function Readers({ message, version }: ListProps) {
  const t = useTexts();
  const format = useFormat();
  const list = useList<Reader, ConsoleReadersAnswer>(pathOf(message, 'readers'), (page) => page.readers);
  useReloadOn(list, version);
  const columns: readonly Column<Reader>[] = [
    nameColumn(t.message.recipient),
    {
      key: 'state',
      title: t.message.state,
      width: 140,
      cell: ({ leftAt, manner }) => <State state={leftAt === null ? 'read' : 'left'} manner={manner} />,
    },
    { key: 'readAt', title: t.message.readAt, cell: ({ readAt }) => <Time at={readAt} /> },
    {
      key: 'after',
      title: t.message.after,
      width: 108,
      from: 'md',
      cell: ({ readAt }) => <span className="number">{format.duration(readAt - message.sentAt)}</span>,
    },
  ];
  return (
    <List
      name={t.chats.readers}
      list={list}
      columns={columns}
      keyOf={({ userId, readAt }) => `${userId} ${readAt}`}
      empty={<Nothing text={t.chats.noReaders} />}
    />
  );
}

/** Who got a message to a conversation, or a work notice, and has not read it. */
export function NonReaders({ message, version }: ListProps) {
  const t = useTexts();
  const list = useList<NonReader, ConsoleNonReadersAnswer>(pathOf(message, 'nonReaders'), (page) => page.nonReaders);
  useReloadOn(list, version);
  const columns: readonly Column<NonReader>[] = [
    nameColumn(t.message.recipient),
    {
      key: 'state',
      title: t.message.state,
      width: 140,
      cell: (one) => <State state={stateOf(message, one)} manner={null} />,
    },
  ];
  return (
    <List
      name={t.chats.readers}
      list={list}
      columns={columns}
      keyOf={({ userId, leftAt }) => `${userId} ${leftAt}`}
      empty={<Nothing text={t.chats.allRead} />}
    />
  );
}

/** The column with the name of a person. */
export function nameColumn<T extends { readonly userId: string; readonly name: string }>(title: string): Column<T> {
  const cell = ({ name, userId }: T) => <TwoLines first={name} second={userId} to={userPath(userId)} />;
  return { key: 'name', title, cell };
}

function stateOf({ recalledAt }: ListProps['message'], { leftAt, delivered }: NonReader) {
  if (leftAt !== null) return 'left';
  if (recalledAt !== null) return 'recalled';
  return delivered ? 'unread' : 'waiting';
}
