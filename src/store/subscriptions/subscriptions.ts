import { placeholders, queryRow, queryRows, queryValue, StoreError, sql, type Work } from '../engine/sql.ts';

/** Why a subscription gets nothing: an operator has disabled it, or its endpoint has answered with status 410. */
export const disabledStates = ['no', 'operator', 'gone'] as const;
export type DisabledState = (typeof disabledStates)[number];

/**
 * What a subscription delivers to: the address of an endpoint, an app's connections of Stream mode, or the address of an
 * app, which gets encrypted pushes.
 */
export const subscriptionForms = ['endpoint', 'stream', 'push'] as const;
export type SubscriptionForm = (typeof subscriptionForms)[number];

/** What an operator sets of a subscription. Secrets are encrypted. Times are epoch milliseconds. */
export type SubscriptionFields = {
  readonly url: string;
  readonly description: string;
  /** Types of events; null for all. */
  readonly types: readonly string[] | null;
  readonly secret: string;
  /** The secret before the last rotation, which is valid until `oldSecretUntil`. */
  readonly oldSecret: string | null;
  readonly oldSecretUntil: number | null;
  readonly disabled: DisabledState;
};

/**
 * A subscription to the events of an organization. The code of one of the forms `stream` and `push` is the appKey. The
 * `url` and `secret` of one of the form `stream` are empty.
 */
export type Subscription = SubscriptionFields & {
  readonly corpId: number;
  readonly id: number;
  readonly form: SubscriptionForm;
  readonly code: string;
  /** The offset up to which every event has had its first attempt. */
  readonly position: number;
  /** The process that delivers. */
  readonly owner: number;
  /** Increases with each change; results of requests that began under another revision are not recorded. */
  readonly revision: number;
  /** Events that retention has removed before they were delivered. */
  readonly dropped: number;
  readonly createdAt: number;
};

type SubscriptionRow = [
  corpId: number,
  id: number,
  form: number,
  code: string,
  url: string,
  description: string,
  types: string | null,
  secret: string,
  oldSecret: string | null,
  oldSecretUntil: number | null,
  disabled: number,
  position: number,
  owner: number,
  revision: number,
  dropped: number,
  createdAt: number,
];

const columns = `corp_id, id, form, code, url, description, types, secret, old_secret, old_secret_until, disabled, position,
  owner, revision, dropped, created_at`;

function toSubscription(row: Readonly<SubscriptionRow>): Subscription {
  const [corpId, id, form, code, url, description, types, secret, oldSecret, oldSecretUntil, disabled, ...rest] = row;
  const [position, owner, revision, dropped, createdAt] = rest;
  return {
    ...{ corpId, id, code, url, description, secret, oldSecret, oldSecretUntil },
    form: subscriptionForms[form] ?? 'endpoint',
    types: types === null ? null : (JSON.parse(types) as readonly string[]),
    disabled: disabledStates[disabled] ?? 'operator',
    ...{ position, owner, revision, dropped, createdAt },
  };
}

const insert = sql(
  'insert_subscription',
  `insert into subscriptions (${columns}) values (${placeholders(1, 16)})
   on conflict (corp_id, form, code) do nothing returning id`,
);

/**
 * Creates a subscription.
 *
 * @throws StoreError `taken` if another one of the organization has the form and the code
 */
export function* insertSubscription(one: Subscription): Work<void> {
  const { corpId, id, form, code, url, description, types, secret, oldSecret, oldSecretUntil, disabled } = one;
  const { position, owner, revision, dropped, createdAt } = one;
  const made = yield* queryRow(
    insert,
    ...[corpId, id, subscriptionForms.indexOf(form), code, url, description, types && JSON.stringify(types)],
    ...[
      secret,
      oldSecret,
      oldSecretUntil,
      disabledStates.indexOf(disabled),
      position,
      owner,
      revision,
      dropped,
      createdAt,
    ],
  );
  if (!made) throw new StoreError('taken', `there is a subscription with the code ${code}`);
}

const selectByCode = sql<SubscriptionRow>(
  'select_subscription',
  `select ${columns} from subscriptions where corp_id = $1 and form = $2 and code = $3`,
);
const selectLocked = sql<SubscriptionRow>(
  'select_subscription_locked',
  `select ${columns} from subscriptions where corp_id = $1 and id = $2 {locked}`,
);
const selectPage = sql<SubscriptionRow>(
  'select_subscriptions',
  `select ${columns} from subscriptions where corp_id = $1 and id > $2 and form = 0 order by id limit $3`,
);
const selectEnabled = sql<SubscriptionRow>(
  'select_enabled_subscriptions',
  `select ${columns} from subscriptions where disabled = 0 order by corp_id, id`,
);

export function* findSubscription(
  corpId: number,
  form: SubscriptionForm,
  code: string,
): Work<Subscription | undefined> {
  const row = yield* queryRow(selectByCode, corpId, subscriptionForms.indexOf(form), code);
  return row && toSubscription(row);
}

/** Reads a page of an organization's endpoints, oldest first, after the number `after`. */
export function* readSubscriptions(corpId: number, after: number, limit: number): Work<readonly Subscription[]> {
  return (yield* queryRows(selectPage, corpId, after, limit)).map(toSubscription);
}

/** Reads the enabled subscriptions of all organizations and processes. */
export function* readEnabled(): Work<readonly Subscription[]> {
  return (yield* queryRows(selectEnabled)).map(toSubscription);
}

const update = sql(
  'update_subscription',
  `update subscriptions set url = $3, description = $4, types = $5, secret = $6, old_secret = $7, old_secret_until = $8,
     disabled = $9, position = $10, revision = revision + 1
   where corp_id = $1 and id = $2`,
);

/** A change of a subscription; absent members stay as they are. */
export type SubscriptionChange = Partial<SubscriptionFields> & { readonly position?: number };

/** Changes a subscription. Returns it as it is now; undefined if it does not exist. */
export function* changeSubscription(
  corpId: number,
  id: number,
  change: SubscriptionChange,
): Work<Subscription | undefined> {
  const row = yield* queryRow(selectLocked, corpId, id);
  if (!row) return undefined;
  const was = toSubscription(row);
  const next = { ...was, ...change, revision: was.revision + 1 };
  const { url, description, types, secret, oldSecret, oldSecretUntil, disabled, position } = next;
  yield* queryRows(
    update,
    ...[corpId, id, url, description, types && JSON.stringify(types), secret, oldSecret, oldSecretUntil],
    ...[disabledStates.indexOf(disabled), position],
  );
  return next;
}

const deleteOne = sql<[id: number]>(
  'delete_subscription',
  `delete from subscriptions where corp_id = $1 and id = $2 returning id`,
);
const deleteWaiting = sql(
  'delete_waiting_deliveries',
  `delete from event_deliveries where corp_id = $1 and subscription_id = $2 and state = 0`,
);

/** Deletes a subscription. What it got stays until its retention. Returns whether it existed. */
export function* deleteSubscription(corpId: number, id: number): Work<boolean> {
  const deleted = yield* queryRow(deleteOne, corpId, id);
  yield* queryRows(deleteWaiting, corpId, id);
  return deleted !== undefined;
}

// After waiting for another transaction, PostgreSQL evaluates the conditions on the changed row again, but not the
// subquery: the owner that it has found must still be the owner, or the subscription was claimed meanwhile.
const claimOrphans = sql<[id: number]>(
  'claim_subscriptions',
  `update subscriptions set owner = $1
   from (
     select s.corp_id as orphan_corp, s.id as orphan_id, s.owner as lost_owner from subscriptions s
     where s.owner <> $1 and not exists (select 1 from processes p where p.corp_id = 0 and p.id = s.owner)) orphan
   where corp_id = orphan_corp and id = orphan_id and owner = lost_owner
   returning id`,
);
const findOrphan = sql<[id: number]>(
  'find_orphaned_subscription',
  `select s.id from subscriptions s
   where s.owner <> $1 and not exists (select 1 from processes p where p.corp_id = 0 and p.id = s.owner) limit 1`,
);

/** Returns whether a subscription belongs to a process that is no longer in the list. */
export function* hasOrphans(owner: number): Work<boolean> {
  return (yield* queryValue(findOrphan, owner)) !== undefined;
}

/** Takes over the subscriptions of processes that are no longer in the list. Only one process gets each of them. */
export function* claimSubscriptions(owner: number): Work<void> {
  yield* queryRows(claimOrphans, owner);
}

const selectAny = sql<[id: number]>('select_any_subscription', `select id from subscriptions order by corp_id limit 1`);

/** Returns whether any organization has a subscription. */
export function* hasSubscriptions(): Work<boolean> {
  return (yield* queryValue(selectAny)) !== undefined;
}
