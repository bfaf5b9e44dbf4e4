import { countSends } from './console/statistics.ts';
import { startOfDay } from './engine/partitions.ts';
import { inserts, pieces } from './engine/rows.ts';
import { ask, holes, sqlList, tuples, type Work } from './engine/sql.ts';
import { noteAll } from './events.ts';
import { padded } from './memory/batch-reads.ts';
import { keepFirst, keptAnswer, unclaim } from './messages.ts';
import type { Accepted, Send, Touched } from './model.ts';
import { formatFiltered, formatRecipients, parseRecipients } from './receipts.ts';

/*
 * Accepting and delivering several messages of one organization in one transaction: what `accept` and `settle` of messages.ts do for one, in
 * about as many statements for all. A transaction holds the organization's counters until its commit is on the disk, so those of one
 * organization come one after the other, however many connections there are.
 */

/** A send, and the number that its message will have. */
export type NumberedSend = { readonly send: Send; readonly messageId: number };

type Found = ReadonlyMap<string, { readonly id: number; readonly blocks: ReadonlySet<number> }>;
type Placed = NumberedSend & { readonly accepted: Accepted; readonly userIds: readonly number[] } & {
  readonly filteredIds: readonly number[];
};

/** Accepts sends; answers in their order, undefined for one without a valid user. No idempotency code comes twice, and no robot has limits. */
export function* acceptTogether(
  corpId: number,
  group: readonly NumberedSend[],
  owner: number,
): Work<readonly (Accepted | undefined)[]> {
  const earlier = yield* claimAll(corpId, group);
  const fresh = group.filter((one) => !earlier.has(one));
  const found = yield* reachable(corpId, fresh);
  const placed = new Map<NumberedSend, Placed>();
  for (const one of fresh) {
    const place = placeOf(one, found);
    if (place) placed.set(one, place);
    else yield* unclaim(one.send);
  }
  yield* insertAll(corpId, [...placed.values()], owner);
  return group.map((one) => earlier.get(one) ?? placed.get(one)?.accepted);
}

const claimAnswers = sqlList<[appId: number, code: string]>(
  'claim_answers',
  (count) =>
    `insert into idempotency (corp_id, app_id, code, answer, created_at) values ${tuples(2, 5, count)}
     on conflict (corp_id, app_id, code) do update set answer = '', created_at = excluded.created_at
       where idempotency.created_at <= excluded.created_at - $1
     returning app_id, code`,
);

/** Claims the codes of those that have one, and answers what was answered to those that were claimed before. */
function* claimAll(corpId: number, group: readonly NumberedSend[]): Work<ReadonlyMap<NumberedSend, Accepted>> {
  const nameOf = (appId: number, code = '') => `${appId} ${code}`;
  const claiming = group.flatMap((one) => {
    const { appId, sentAt, idempotency } = one.send;
    if (!idempotency) return [];
    const { code, since } = idempotency;
    return [{ one, name: nameOf(appId, code), row: [corpId, appId, code, '', sentAt], window: sentAt - since }];
  });
  // In one order, so that two groups that claim the same codes do not wait for each other.
  claiming.sort((a, b) => (a.name < b.name ? -1 : 1));
  const claimed = new Set<string>();
  for (const piece of pieces(claiming)) {
    const rows = piece.flatMap(({ row }) => row);
    for (const row of yield* ask(claimAnswers(piece.length), piece[0]?.window ?? 0, ...rows))
      claimed.add(nameOf(...row));
  }
  const earlier = new Map<NumberedSend, Accepted>();
  for (const { one, name } of claiming) {
    const answer = claimed.has(name) ? undefined : yield* keptAnswer(one.send);
    if (answer) earlier.set(one, answer);
  }
  return earlier;
}

const selectReachable = sqlList<[id: number, code: string, robotId: number | null]>(
  'select_reachable',
  (count) =>
    `select u.id, u.code, b.robot_id from users u left join blocks b on b.corp_id = u.corp_id and b.user_id = u.id
     where u.corp_id = $1 and u.code in (${holes(2, count)}) and u.left_at is null`,
);

/** Those of all the codes that are users now, and the robots that each has blocked. */
function* reachable(corpId: number, group: readonly NumberedSend[]): Work<Found> {
  const wanted = padded([...new Set(group.flatMap(({ send }) => send.userCodes))]);
  const found = new Map<string, { readonly id: number; readonly blocks: Set<number> }>();
  if (wanted.length === 0) return found;
  for (const [id, code, robotId] of yield* ask(selectReachable(wanted.length), corpId, ...wanted)) {
    const user = found.get(code) ?? { id, blocks: new Set() };
    if (robotId !== null) user.blocks.add(robotId);
    found.set(code, user);
  }
  return found;
}

function placeOf(one: NumberedSend, found: Found): Placed | undefined {
  const { send, messageId } = one;
  const codes = [...new Set(send.userCodes)];
  const known = codes.filter((code) => found.has(code));
  if (known.length === 0) return undefined;
  const { robot } = send;
  const isFiltered = (code: string) => !robot.unblockable && (found.get(code)?.blocks.has(robot.id) ?? false);
  const idsOf = (some: readonly string[]) => some.flatMap((code) => found.get(code)?.id ?? []);
  const filtered = known.filter(isFiltered);
  const accepted: Accepted = {
    messageId,
    sentAt: send.sentAt,
    flowControlled: [],
    invalid: codes.filter((code) => !found.has(code)),
    filtered,
  };
  const reached = known.filter((code) => !filtered.includes(code));
  return { ...one, accepted, userIds: idsOf(reached), filteredIds: idsOf(filtered) };
}

const insertMessages = inserts(
  'insert_messages',
  'messages',
  'corp_id, id, robot_id, kind, sent_at, state, recipients, reads, owner, filtered',
);
const insertContents = inserts('insert_contents', 'contents', 'corp_id, message_id, param');

function* insertAll(corpId: number, all: readonly Placed[], owner: number): Work<void> {
  yield* insertMessages(
    all.map(({ messageId, send: { robot, kind, sentAt }, userIds, filteredIds }) => {
      const recipients = formatRecipients(userIds);
      return [corpId, messageId, robot.id, kind, sentAt, 0, recipients, '', owner, formatFiltered(filteredIds)];
    }),
  );
  yield* insertContents(all.map(({ messageId, send }) => [corpId, messageId, send.param]));
  for (const { send, accepted } of all) yield* keepFirst(send, accepted);
  yield* noteAll(corpId, 'sent', idsOf(all));
  const counted = all.map(({ send: { robot, sentAt }, userIds }) => ({
    robotId: robot.id,
    sentAt,
    deliveries: userIds.length,
  }));
  yield* countSends(corpId, counted);
}

/** A message that has arrived, and when. */
export type Arrival = { readonly messageId: number; readonly at: number };

const markAllDelivered = sqlList<[id: number, recipients: string, recalledAt: number | null]>(
  'mark_all_delivered',
  (count) => {
    const firsts = Array.from({ length: count }, (_, i) => 2 * i + 2);
    const times = firsts.map(
      (n) =>
        `when $${n} then case when sent_at > cast($${n + 1} as bigint) then sent_at else cast($${n + 1} as bigint) end`,
    );
    return `update messages{day $2} set state = 2, delivered_at = case id ${times.join(' ')} end
     where corp_id = $1 and id in (${firsts.map((n) => `$${n}`).join(', ')}) and state < 2
     returning id, recipients, recalled_at`;
  },
);

/** Settles messages as delivered, each once; answers in their order whose inboxes each is in now. No message comes twice. */
export function* settleTogether(corpId: number, arrivals: readonly Arrival[]): Work<readonly (readonly Touched[])[]> {
  const rows = yield* markDelivered(corpId, arrivals);
  const usersOf = new Map(
    rows.flatMap(([id, recipients, recalledAt]) => (recalledAt === null ? [[id, parseRecipients(recipients)]] : [])),
  );
  // In the order of the sends, which is that of an inbox.
  const seen = arrivals.flatMap(({ messageId }) => {
    const userIds = usersOf.get(messageId);
    return userIds ? [{ messageId, userIds }] : [];
  });
  yield* append(corpId, seen);
  yield* noteAll(corpId, 'delivered', idsOf(seen));
  return arrivals.map(({ messageId }) => (usersOf.get(messageId) ?? []).map((userId) => ({ corpId, userId })));
}

function* markDelivered(corpId: number, arrivals: readonly Arrival[]) {
  const rows: (readonly [id: number, recipients: string, recalledAt: number | null])[] = [];
  for (const ofDay of Map.groupBy(arrivals, ({ messageId }) => startOfDay(messageId)).values()) {
    const keys = padded(ofDay);
    const params = keys.flatMap(({ messageId, at }) => [messageId, at]);
    rows.push(...(yield* ask(markAllDelivered(keys.length), corpId, ...params)));
  }
  return rows;
}

// As for one message, a new day is put before the number (see streams.ts).
const advanceBy = sqlList<[userId: number, last: number]>(
  'advance_streams_by',
  (count) =>
    `insert into streams (corp_id, user_id, last) values ${tuples(1, 3, count)}
     on conflict (corp_id, user_id) do update set last = case when streams.last < excluded.last - excluded.last % 17179869184
       then excluded.last + streams.last % 17179869184 else streams.last + excluded.last % 17179869184 end
     returning user_id, last`,
);
const insertArrivals = inserts('insert_arrivals', 'inbox', 'corp_id, user_id, seq, event, message_id, position');
const arrival = 0;

type Seen = { readonly messageId: number; readonly userIds: readonly number[] };

/** Adds the messages to the streams of their recipients, which are taken in the order of their numbers, as `nextPlaces` does. */
function* append(corpId: number, seen: readonly Seen[]): Work<void> {
  if (seen.length === 0) return;
  const counts = new Map<number, number>();
  for (const userId of seen.flatMap(({ userIds }) => userIds)) counts.set(userId, (counts.get(userId) ?? 0) + 1);
  const day = startOfDay(Math.max(...idsOf(seen)));
  const next = new Map<number, number>();
  for (const piece of pieces([...counts].sort(([a], [b]) => a - b))) {
    const rows = piece.flatMap(([userId, count]) => [corpId, userId, day + count]);
    for (const [userId, last] of yield* ask(advanceBy(piece.length), ...rows)) {
      next.set(userId, last - (counts.get(userId) ?? 0) + 1);
    }
  }
  const take = (userId: number) => {
    const seq = next.get(userId) ?? 0;
    next.set(userId, seq + 1);
    return seq;
  };
  yield* insertArrivals(
    seen.flatMap(({ messageId, userIds }) =>
      userIds.map((userId, position) => [corpId, userId, take(userId), arrival, messageId, position]),
    ),
  );
}

const idsOf = (all: readonly { readonly messageId: number }[]) => all.map(({ messageId }) => messageId);
