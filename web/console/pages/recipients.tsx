import { Segmented, Tag } from 'antd';
import type { ConsoleMessageDetail, ConsoleRecipient } from '../../../src/client/answers.ts';
import type { Paged } from '../data/load.ts';
import { Nothing } from '../parts/common.tsx';
import { useFormat } from '../parts/format.ts';
import { type Column, List } from '../parts/lists/list.tsx';
import { TwoLines } from '../parts/lists/two-lines.tsx';
import { Time } from '../parts/time.tsx';
import { useParameters } from '../route.tsx';
import { useTexts } from '../texts/use-texts.ts';

type Props = { readonly message: ConsoleMessageDetail };

/** The recipients of a message with their read states, in the order of the send or sorted by a column. */
export function Recipients({ message }: Props) {
  const t = useTexts();
  const [parameters] = useParameters();
  const state = parameters.get('state');
  const order = useOrder();
  const wanted = message.recipients.filter((each) => !state || stateOf(message, each) === state);
  return (
    <>
      <div className="box-head">
        <h2>{t.message.recipients}</h2>
        <StateFilter message={message} />
      </div>
      <p className="unseen" role="status">
        {t.readOf(message.presentReadCount, message.presentCount)}
      </p>
      <List
        name={t.message.recipients}
        list={toPaged(order.sorted(wanted))}
        columns={useColumns(message, order)}
        keyOf={({ userId }) => userId}
        empty={<Nothing text={t.choices.nothing} />}
      />
    </>
  );
}

/** Wraps a complete list as a paged list without further pages. */
function toPaged<T>(items: readonly T[]): Paged<T> {
  const nothing = () => {};
  const rest = { error: undefined, loading: false, hasMore: false, first: undefined, last: undefined };
  return { items, ...rest, more: nothing, reload: nothing };
}

export type RecipientState = 'read' | 'unread' | 'waiting' | 'recalled' | 'left';

/**
 * The state of a recipient. A recipient who read a message before its recall stays `read`; no read is expected of a
 * person who has left.
 */
function stateOf(
  { recalledAt, deliveredAt }: ConsoleMessageDetail,
  { readAt, leftAt }: ConsoleRecipient,
): RecipientState {
  if (leftAt !== null) return 'left';
  if (readAt !== null) return 'read';
  if (recalledAt !== null) return 'recalled';
  return deliveredAt === null ? 'waiting' : 'unread';
}

/**
 * Filters recipients by state, and shows the number of recipients in each state. The selection is stored in the URL.
 */
function StateFilter({ message }: Props) {
  const t = useTexts();
  const format = useFormat();
  const [parameters, change] = useParameters();
  const counts = Map.groupBy(message.recipients, (each) => stateOf(message, each));
  const state = parameters.get('state') ?? '';
  const chosen = state in t.message.states ? (state as RecipientState) : undefined;
  const states = new Set([...counts.keys(), ...(chosen ? [chosen] : [])]);
  const options = [...states].map((value) => {
    return {
      value: value as string,
      label: `${t.message.states[value]} ${format.number(counts.get(value)?.length ?? 0)}`,
    };
  });
  const all = { value: '', label: `${t.all} ${format.number(message.recipients.length)}` };
  return (
    <Segmented
      name="state"
      aria-label={t.message.state}
      value={chosen ?? ''}
      options={[all, ...options]}
      onChange={(value) => change({ state: value || undefined })}
    />
  );
}

const columns = ['name', 'readAt', 'after'] as const;
type Sorted = (typeof columns)[number];

/** The sort order, stored in the URL: `sort=readAt` is ascending, `sort=-readAt` descending. */
function useOrder() {
  const format = useFormat();
  const [parameters, change] = useParameters();
  const sort = parameters.get('sort') ?? '';
  const isDown = sort.startsWith('-');
  const column = columns.find((name) => name === sort.replace('-', ''));
  const compare = (a: ConsoleRecipient, b: ConsoleRecipient) =>
    column === 'name' ? a.name.localeCompare(b.name, format.locale) : whenRead(a) - whenRead(b);
  const nextOf = (name: Sorted) => (column !== name ? name : isDown ? undefined : `-${name}`);
  return {
    of: (name: Sorted) => ({
      order: column === name ? (isDown ? ('descend' as const) : ('ascend' as const)) : undefined,
      onSort: () => change({ sort: nextOf(name) }),
    }),
    sorted: (items: readonly ConsoleRecipient[]) =>
      column ? items.toSorted((a, b) => (isDown ? compare(b, a) : compare(a, b))) : items,
  };
}

/** The sort key for read times: recipients who have not read come last. */
const whenRead = ({ readAt }: ConsoleRecipient) => readAt ?? Number.MAX_SAFE_INTEGER;

const colours = {
  read: 'success',
  unread: 'default',
  waiting: 'processing',
  recalled: 'default',
  left: 'default',
} as const;

function useColumns(
  message: ConsoleMessageDetail,
  order: ReturnType<typeof useOrder>,
): readonly Column<ConsoleRecipient>[] {
  const t = useTexts();
  const format = useFormat();
  const stateIn = (each: ConsoleRecipient) => stateOf(message, each);
  return [
    {
      key: 'name',
      title: t.message.recipient,
      sort: order.of('name'),
      cell: ({ name, userId }) => <TwoLines first={name} second={userId} />,
    },
    {
      key: 'state',
      title: t.message.state,
      width: 140,
      cell: (each) => <State state={stateIn(each)} manner={each.manner} />,
    },
    {
      key: 'readAt',
      title: t.message.readAt,
      sort: order.of('readAt'),
      cell: (each) => <ReadAt at={each.readAt} since={stateIn(each) === 'unread' ? message.deliveredAt : null} />,
    },
    {
      key: 'after',
      title: t.message.after,
      width: 108,
      from: 'md',
      sort: order.of('after'),
      cell: ({ readAt }) => (
        <span className="number">{readAt === null ? '–' : format.duration(readAt - message.sentAt)}</span>
      ),
    },
  ];
}

type StateProps = { readonly state: RecipientState; readonly manner: ConsoleRecipient['manner'] };

/** The state of a recipient, and how the message was read: seen, or marked as read. */
export function State({ state, manner }: StateProps) {
  const t = useTexts();
  return (
    <span className="main-cell">
      <Tag color={colours[state]}>{t.message.tags[state]}</Tag>
      {manner !== null && (
        <span className="manner one-line" title={t.message.mannerHints[manner]}>
          {t.message.manners[manner]}
        </span>
      )}
    </span>
  );
}

/** The time of the read, or the time since which the message is unread. */
function ReadAt({ at, since }: { readonly at: number | null; readonly since: number | null }) {
  const t = useTexts();
  if (at !== null || since === null) return <Time at={at} />;
  const [before, after] = t.message.waitingSince;
  return (
    <span className="soft">
      {before}
      <Time at={since} />
      {after}
    </span>
  );
}
