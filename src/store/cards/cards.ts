import { createInsert } from '../engine/rows.ts';
import { placeholders, queryRow, queryRows, queryValue, sql, type Work } from '../engine/sql.ts';

/** The variables of a template, by name. */
export type CardValues = Readonly<Record<string, string>>;

/** How clicks on a card reach its app. The index is the value in the database. */
export const cardCallbacks = ['none', 'stream', 'http'] as const;

/** Whether the text of a card is being written. The index is the value in the database. */
export const cardStreamings = ['none', 'growing', 'finished', 'failed'] as const;
export type CardStreaming = (typeof cardStreamings)[number];

/** An interactive card. Times are epoch milliseconds. */
export type Card = {
  readonly corpId: number;
  readonly id: number;
  readonly appId: number;
  /** The id that people and operators see; unique in the organization. */
  readonly code: string;
  /** The id that the app has given it; unique in the app and the organization. */
  readonly outTrackId: string;
  readonly templateId: string;
  /** What its messages show in lists. */
  readonly title: string;
  readonly data: CardValues;
  readonly callback: (typeof cardCallbacks)[number];
  /** The name of the registered address to which clicks are posted; null for others than `http`. */
  readonly routeKey: string | null;
  /** 1: clicks name people by userId, 2: by unionId. */
  readonly userIdType: number;
  readonly streaming: CardStreaming;
  /** The guid of the last streaming update. */
  readonly guid: string | null;
  /** Rises with each change. */
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
};

type CardRow = [
  corpId: number,
  id: number,
  appId: number,
  code: string,
  outTrackId: string,
  templateId: string,
  title: string,
  data: string,
  callback: number,
  routeKey: string | null,
  userIdType: number,
  streaming: number,
  guid: string | null,
  revision: number,
  createdAt: number,
  updatedAt: number,
];

const columns = `corp_id, id, app_id, code, out_track_id, template_id, title, data, callback, route_key, user_id_type,
  streaming, guid, revision, created_at, updated_at`;

function toCard(row: Readonly<CardRow>): Card {
  const [corpId, id, appId, code, outTrackId, templateId, title, data, callback, ...rest] = row;
  const [routeKey, userIdType, streaming, guid, revision, createdAt, updatedAt] = rest;
  return {
    ...{ corpId, id, appId, code, outTrackId, templateId, title, routeKey, userIdType, guid },
    data: JSON.parse(data) as CardValues,
    callback: cardCallbacks[callback] ?? 'none',
    streaming: cardStreamings[streaming] ?? 'none',
    ...{ revision, createdAt, updatedAt },
  };
}

const insert = sql<[id: number]>(
  'insert_card',
  `insert into cards (${columns}) values (${placeholders(1, 16)})
   on conflict (corp_id, app_id, out_track_id) do nothing returning id`,
);
const insertPrivate = createInsert('insert_card_private', 'card_private', 'corp_id, card_id, user_id, data');

/** Stores a card with the variables of single users. Returns false, without changes, if the app has the outTrackId. */
export function* insertCard(card: Card, privates: ReadonlyMap<number, CardValues>): Work<boolean> {
  const { corpId, id, appId, code, outTrackId, templateId, title, data, callback, routeKey, userIdType } = card;
  const { streaming, guid, revision, createdAt, updatedAt } = card;
  const made = yield* queryRow(
    insert,
    ...[corpId, id, appId, code, outTrackId, templateId, title, JSON.stringify(data)],
    ...[cardCallbacks.indexOf(callback), routeKey, userIdType, cardStreamings.indexOf(streaming), guid],
    ...[revision, createdAt, updatedAt],
  );
  if (!made) return false;
  yield* insertPrivate([...privates].flatMap(([userId, values]) => [corpId, id, userId, JSON.stringify(values)]));
  return true;
}

const selectByTrack = sql<CardRow>(
  'select_card',
  `select ${columns} from cards where corp_id = $1 and app_id = $2 and out_track_id = $3`,
);
const selectByCode = sql<CardRow>(
  'select_card_by_code',
  `select ${columns} from cards where corp_id = $1 and code = $2`,
);
const selectPage = sql<CardRow>(
  'select_cards',
  `select ${columns} from cards where corp_id = $1 and id < $2 order by id desc limit $3`,
);
const selectChanged = sql<CardRow>(
  'select_changed_cards',
  `select ${columns} from cards where corp_id = $1 and updated_at >= $2 order by updated_at desc limit $3`,
);
const selectLocked = sql<CardRow>(
  'select_card_locked',
  `select ${columns} from cards where corp_id = $1 and id = $2 {locked}`,
);

/** Finds a card of an app by the outTrackId. */
export function* findCard(corpId: number, appId: number, outTrackId: string): Work<Card | undefined> {
  const row = yield* queryRow(selectByTrack, corpId, appId, outTrackId);
  return row && toCard(row);
}

/** Finds a card of an organization by its code. */
export function* findCardByCode(corpId: number, code: string): Work<Card | undefined> {
  const row = yield* queryRow(selectByCode, corpId, code);
  return row && toCard(row);
}

/** Reads a page of an organization's cards, newest first, before the number `before`. */
export function* readCards(corpId: number, before: number, limit: number): Work<readonly Card[]> {
  return (yield* queryRows(selectPage, corpId, before, limit)).map(toCard);
}

/** Reads cards that were changed or delivered since a time, newest change first. */
export function* readChangedCards(corpId: number, since: number, limit: number): Work<readonly Card[]> {
  return (yield* queryRows(selectChanged, corpId, since, limit)).map(toCard);
}

const selectPrivate = sql<[data: string]>(
  'select_card_private',
  `select data from card_private where corp_id = $1 and card_id = $2 and user_id = $3`,
);
const putPrivate = sql(
  'put_card_private',
  `insert into card_private (corp_id, card_id, user_id, data) values ($1, $2, $3, $4)
   on conflict (corp_id, card_id, user_id) do update set data = excluded.data`,
);
const update = sql(
  'update_card',
  `update cards set data = $3, streaming = $4, guid = $5, revision = revision + 1, updated_at = $6
   where corp_id = $1 and id = $2`,
);

/** Reads the variables that only these users see, by user. */
export function* readPrivate(
  corpId: number,
  cardId: number,
  userIds: readonly number[],
): Work<ReadonlyMap<number, CardValues>> {
  const found = new Map<number, CardValues>();
  for (const userId of userIds) {
    const data = yield* queryValue(selectPrivate, corpId, cardId, userId);
    if (data !== undefined) found.set(userId, JSON.parse(data) as CardValues);
  }
  return found;
}

/** The state that an update of a card reads. */
export type EditedCard = Pick<Card, 'data' | 'streaming' | 'guid'> & {
  readonly privates: ReadonlyMap<number, CardValues>;
};

/** Returns the changed members of a card; `tooLarge` or `same` if it is not to be changed. */
export type CardEdit = (now: EditedCard) => Partial<EditedCard> | 'tooLarge' | 'same';

/**
 * Changes a card, and the variables of these users. Returns the card as it is now; undefined if it does not exist;
 * `tooLarge`, without changes, if the edit refuses.
 */
export function* changeCard(
  { corpId, id }: Pick<Card, 'corpId' | 'id'>,
  userIds: readonly number[],
  at: number,
  edit: CardEdit,
): Work<Card | 'tooLarge' | undefined> {
  const row = yield* queryRow(selectLocked, corpId, id);
  if (!row) return undefined;
  const was = toCard(row);
  const edited = edit({ ...was, privates: yield* readPrivate(corpId, id, userIds) });
  if (edited === 'tooLarge') return edited;
  if (edited === 'same') return was;
  const { privates, ...change } = edited;
  const updatedAt = Math.max(was.updatedAt, at);
  const next = { ...was, ...change, revision: was.revision + 1, updatedAt };
  const { data, streaming, guid } = next;
  yield* queryRows(update, corpId, id, JSON.stringify(data), cardStreamings.indexOf(streaming), guid, updatedAt);
  for (const [userId, values] of privates ?? [])
    yield* queryRows(putPrivate, corpId, id, userId, JSON.stringify(values));
  return next;
}

// A transaction that writes nothing would not wait for the log.
const rewrite = sql('rewrite_card', `update cards set guid = guid where corp_id = $1 and id = $2`);

/** Writes a card again as it is. */
export function* rewriteCard({ corpId, id }: Pick<Card, 'corpId' | 'id'>): Work<void> {
  yield* queryRows(rewrite, corpId, id);
}

const selectOld = sql<[id: number]>(
  'select_old_cards',
  `select id from cards where corp_id = $1 and updated_at < $2 order by updated_at limit $3 {locked}`,
);
const deletions = ['card_private', 'card_deliveries'].map((table) =>
  sql(`delete_${table}`, `delete from ${table} where corp_id = $1 and card_id = $2`),
);
const deleteCard = sql('delete_card', `delete from cards where corp_id = $1 and id = $2`);

/** Removes up to `limit` cards that were neither changed nor delivered since a time. Returns how many. */
export function* pruneCards(corpId: number, before: number, limit: number): Work<number> {
  const old = yield* queryRows(selectOld, corpId, before, limit);
  for (const [id] of old) {
    for (const statement of deletions) yield* queryRows(statement, corpId, id);
    yield* queryRows(deleteCard, corpId, id);
  }
  return old.length;
}
