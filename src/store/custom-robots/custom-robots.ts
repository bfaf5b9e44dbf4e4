import { raiseDirectoryVersion } from '../directory/directory.ts';
import { queryRow, queryRows, StoreError, sql, type Work } from '../engine/sql.ts';

/** A custom robot: a webhook that sends into one group. `code` is its robotCode. Times are epoch milliseconds. */
export type CustomRobot = {
  readonly corpId: number;
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly conversationId: number;
  /** SHA-256 of the token; null for a deleted robot. */
  readonly tokenHash: string | null;
  /** The encrypted token; null for a deleted robot. */
  readonly token: string | null;
  /** The encrypted secret for signatures; null if messages need no signature. */
  readonly secret: string | null;
  /** One of them must occur in a message; any message is allowed if the list is empty. */
  readonly keywords: readonly string[];
  /** Addresses and ranges from which messages are accepted; all addresses if the list is empty. */
  readonly addresses: readonly string[];
  readonly disabled: boolean;
  /** The actionType of the last call that enabled or deleted the robot; not interpreted. */
  readonly action: string | null;
  /** Where the messages of people to the robot should go. Stored only: nothing leaves huizhi. */
  readonly outgoing: { readonly url: string; readonly token: string | null } | null;
  readonly createdAt: number;
  readonly deletedAt: number | null;
};

/** A custom robot with what a message through its webhook needs. */
export type Webhook = {
  readonly robot: CustomRobot;
  readonly openConversationId: string;
  readonly isDisbanded: boolean;
  /** See `isBlocked`; 0 if it was never blocked. */
  readonly blockedUntil: number;
};

type RobotRow = [
  corpId: number,
  id: number,
  code: string,
  name: string,
  conversationId: number,
  tokenHash: string | null,
  token: string | null,
  secret: string | null,
  keywords: string,
  addresses: string,
  disabled: number,
  action: string | null,
  outgoing: string | null,
  createdAt: number,
  deletedAt: number | null,
];

const columns = [
  ...['corp_id', 'id', 'code', 'name', 'conversation_id', 'token_hash', 'token', 'secret', 'keywords', 'addresses'],
  ...['disabled', 'action', 'outgoing', 'created_at', 'deleted_at'],
]
  .map((column) => `r.${column}`)
  .join(', ');

function toRobot(row: Readonly<RobotRow>): CustomRobot {
  const [corpId, id, code, name, conversationId, tokenHash, token, secret, keywords, addresses, ...rest] = row;
  const [disabled, action, outgoing, createdAt, deletedAt] = rest;
  return {
    ...{ corpId, id, code, name, conversationId, tokenHash, token, secret },
    keywords: JSON.parse(keywords) as CustomRobot['keywords'],
    addresses: JSON.parse(addresses) as CustomRobot['addresses'],
    disabled: disabled === 1,
    action,
    outgoing: outgoing === null ? null : (JSON.parse(outgoing) as CustomRobot['outgoing']),
    createdAt,
    deletedAt,
  };
}

const selectWebhook = sql<
  [openId: string, disbandedAt: number | null, blockedUntil: number | null, ...robot: RobotRow]
>(
  'select_webhook',
  `select c.open_id, c.disbanded_at, t.blocked_until, ${columns} from custom_robots r
     join conversations c on c.corp_id = r.corp_id and c.id = r.conversation_id
     left join custom_robot_rates t on t.corp_id = c.corp_id and t.robot_id = r.id
   where r.token_hash = $1 order by r.corp_id limit 1`,
);

/** Finds the custom robot with a token, by the hash of the token. */
export function* findWebhook(tokenHash: string): Work<Webhook | undefined> {
  const row = yield* queryRow(selectWebhook, tokenHash);
  if (!row) return undefined;
  const [openConversationId, disbandedAt, blockedUntil, ...robot] = row;
  return {
    robot: toRobot(robot),
    openConversationId,
    isDisbanded: disbandedAt !== null,
    blockedUntil: blockedUntil ?? 0,
  };
}

const selectByCode = sql<RobotRow>(
  'select_custom_robot',
  `select ${columns} from custom_robots r where r.corp_id = $1 and r.code = $2`,
);
const selectLocked = sql<RobotRow>(
  'select_custom_robot_locked',
  `select ${columns} from custom_robots r where r.corp_id = $1 and r.id = $2 {locked}`,
);
const selectPage = sql<RobotRow>(
  'select_custom_robots',
  `select ${columns} from custom_robots r
   where r.corp_id = $1 and r.id > $2 and r.deleted_at is null order by r.id limit $3`,
);

const selectPageOfGroup = sql<RobotRow>(
  'select_custom_robots_of_group',
  `select ${columns} from custom_robots r
   where r.corp_id = $1 and r.conversation_id = $2 and r.id > $3 and r.deleted_at is null order by r.id limit $4`,
);

/** Finds a custom robot of an organization by its code, also a deleted one. */
export function* findCustomRobot(corpId: number, code: string): Work<CustomRobot | undefined> {
  const row = yield* queryRow(selectByCode, corpId, code);
  return row && toRobot(row);
}

/**
 * Reads a page of an organization's custom robots, without deleted ones, oldest first, after the number `after`.
 *
 * @param conversationId only those of this group; undefined for all groups
 */
export function* readCustomRobots(
  corpId: number,
  conversationId: number | undefined,
  after: number,
  limit: number,
): Work<readonly CustomRobot[]> {
  const rows =
    conversationId === undefined
      ? yield* queryRows(selectPage, corpId, after, limit)
      : yield* queryRows(selectPageOfGroup, corpId, conversationId, after, limit);
  return rows.map(toRobot);
}

const selectTaken = sql<[id: number]>(
  'select_taken_custom_robot',
  `select id from custom_robots where code = $2 and id <> $1
   union all select id from custom_robots where token_hash = $3 and id <> $1`,
);
const upsertRobot = sql(
  'put_custom_robot',
  `insert into custom_robots (corp_id, id, code, name, conversation_id, token_hash, token, secret, keywords, addresses,
     disabled, action, outgoing, created_at, deleted_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
   on conflict (corp_id, id) do update set name = excluded.name, conversation_id = excluded.conversation_id,
     token_hash = excluded.token_hash, token = excluded.token, secret = excluded.secret, keywords = excluded.keywords,
     addresses = excluded.addresses, disabled = excluded.disabled, action = excluded.action,
     outgoing = excluded.outgoing, deleted_at = excluded.deleted_at`,
);

/**
 * Creates or replaces a custom robot.
 *
 * @throws StoreError `taken` if another custom robot has the code or the token
 */
export function* putCustomRobot(robot: CustomRobot): Work<void> {
  const { corpId, id, code, name, conversationId, tokenHash, token, secret, keywords, addresses } = robot;
  yield* raiseDirectoryVersion();
  if ((yield* queryRows(selectTaken, id, code, tokenHash)).length > 0) {
    throw new StoreError('taken', 'a custom robot has this code or token');
  }
  const { disabled, action, outgoing, createdAt, deletedAt } = robot;
  yield* queryRows(
    upsertRobot,
    ...[corpId, id, code, name, conversationId, tokenHash, token, secret],
    ...[JSON.stringify(keywords), JSON.stringify(addresses), Number(disabled), action],
    ...[outgoing && JSON.stringify(outgoing), createdAt, deletedAt],
  );
}

/** The fields of a custom robot that can be changed. */
export type CustomRobotChange = Partial<Omit<CustomRobot, 'corpId' | 'id' | 'code' | 'createdAt'>>;

/**
 * Changes a custom robot. Returns it as it is now, or undefined, without changes, if it does not exist or is deleted.
 *
 * @throws StoreError `taken` if another custom robot has the token
 */
export function* changeCustomRobot(
  corpId: number,
  id: number,
  change: CustomRobotChange,
): Work<CustomRobot | undefined> {
  const row = yield* queryRow(selectLocked, corpId, id);
  if (!row || toRobot(row).deletedAt !== null) return undefined;
  const changed: CustomRobot = { ...toRobot(row), ...change };
  yield* putCustomRobot(changed);
  return changed;
}

const selectDeleted = sql<[id: number]>(
  'select_deleted_custom_robots',
  `select id from custom_robots where corp_id = $1 and deleted_at < $2 order by deleted_at limit $3`,
);
const deleteRobot = sql('delete_custom_robot', `delete from custom_robots where corp_id = $1 and id = $2`);
const deleteRate = sql(
  'delete_custom_robot_rate',
  `delete from custom_robot_rates where corp_id = $1 and robot_id = $2`,
);

/** Removes up to `limit` custom robots that were deleted before a time, and returns how many were removed. */
export function* pruneCustomRobots(corpId: number, before: number, limit: number): Work<number> {
  const due = yield* queryRows(selectDeleted, corpId, before, limit);
  if (due.length > 0) yield* raiseDirectoryVersion();
  for (const [id] of due) {
    yield* queryRows(deleteRate, corpId, id);
    yield* queryRows(deleteRobot, corpId, id);
  }
  return due.length;
}
