import { type AuditEntry, audit } from '../console/audit.ts';
import { queryRow, queryRows, sql, type Work } from '../engine/sql.ts';

/**
 * How an app's robots get messages by HTTP. `url` is null if they do not; `secret` is the encrypted secret of the app,
 * which signs the requests, and null until the secret is given again.
 */
export type AppCallback = { readonly url: string | null; readonly secret: string | null };

const selectCallback = sql<[url: string | null, secret: string | null]>(
  'select_app_callback',
  `select message_url, secret from app_callbacks where corp_id = $1 and app_id = $2`,
);
const putUrl = sql(
  'put_message_url',
  `insert into app_callbacks (corp_id, app_id, message_url, secret) values ($1, $2, $3, null)
   on conflict (corp_id, app_id) do update set message_url = excluded.message_url`,
);
const putSecret = sql('put_callback_secret', `update app_callbacks set secret = $3 where corp_id = $1 and app_id = $2`);

/** Reads the callback of an app; undefined if none was ever set. */
export function* readCallback(corpId: number, appId: number): Work<AppCallback | undefined> {
  const row = yield* queryRow(selectCallback, corpId, appId);
  return row && { url: row[0], secret: row[1] };
}

/**
 * Sets the address of an app's callback, or removes it. Returns the address before; if it is the same, nothing is written.
 *
 * @param describe returns the audit entry of the change; the configuration file writes none
 */
export function* putCallbackUrl(
  corpId: number,
  appId: number,
  url: string | null,
  describe?: (before: string | null) => AuditEntry,
): Work<string | null> {
  const before = (yield* readCallback(corpId, appId))?.url ?? null;
  if (before === url) return before;
  yield* queryRows(putUrl, corpId, appId, url);
  if (describe) yield* audit(describe(before));
  return before;
}

/** Stores the encrypted secret of an app that has a callback. For other apps it changes nothing. */
export function* putCallbackSecret(corpId: number, appId: number, secret: string): Work<void> {
  yield* queryRows(putSecret, corpId, appId, secret);
}
