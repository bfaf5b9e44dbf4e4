import { type AuditEntry, audit } from '../console/audit.ts';
import { queryRow, queryRows, queryValue, sql, type Work } from '../engine/sql.ts';

/** An address to which clicks on cards are posted. `secret` is encrypted; null if the requests have no signature. */
export type CardCallback = { readonly url: string; readonly secret: string | null };

/** Identifies an address: an app, and the name that it has chosen. `corpId` is that of the app. */
export type CardCallbackKey = { readonly corpId: number; readonly appId: number; readonly routeKey: string };

const selectCallback = sql<[url: string, secret: string | null]>(
  'select_card_callback',
  `select url, secret from card_callbacks where corp_id = $1 and app_id = $2 and name = $3`,
);
const insertCallback = sql<[name: string]>(
  'insert_card_callback',
  `insert into card_callbacks (corp_id, app_id, name, url, secret) values ($1, $2, $3, $4, $5)
   on conflict (corp_id, app_id, name) do nothing returning name`,
);
const putCallback = sql<[name: string]>(
  'put_card_callback',
  `insert into card_callbacks (corp_id, app_id, name, url, secret) values ($1, $2, $3, $4, $5)
   on conflict (corp_id, app_id, name) do update set url = excluded.url, secret = excluded.secret returning name`,
);
const countCallbacks = sql<[count: number]>(
  'count_card_callbacks',
  `select count(*) from card_callbacks where corp_id = $1 and app_id = $2`,
);

export function* findCardCallback({ corpId, appId, routeKey }: CardCallbackKey): Work<CardCallback | undefined> {
  const row = yield* queryRow(selectCallback, corpId, appId, routeKey);
  return row && { url: row[0], secret: row[1] };
}

/**
 * Stores an address. Changes nothing and returns `taken` if the name has one and `force` is not set, and `tooMany` if the
 * app has `most` addresses.
 *
 * @param describe returns the audit entry, from the address before
 */
export function* registerCardCallback(
  key: CardCallbackKey,
  { url, secret }: CardCallback,
  { force, most }: { readonly force: boolean; readonly most: number },
  describe: (was: string | null) => AuditEntry,
): Work<'registered' | 'taken' | 'tooMany'> {
  const { corpId, appId, routeKey } = key;
  const was = yield* findCardCallback(key);
  if (!was && ((yield* queryValue(countCallbacks, corpId, appId)) ?? 0) >= most) return 'tooMany';
  const statement = force ? putCallback : insertCallback;
  if (!(yield* queryRow(statement, corpId, appId, routeKey, url, secret))) return 'taken';
  yield* audit(describe(was?.url ?? null));
  return 'registered';
}

/** Whether a template can be used. Templates without a row can. */
export const cardTemplateStates = ['active', 'unpublished', 'removed'] as const;
export type CardTemplateState = (typeof cardTemplateStates)[number];

const selectTemplate = sql<[state: string]>(
  'select_card_template',
  `select state from card_templates where corp_id = $1 and app_id = $2 and code = $3`,
);
const putTemplate = sql(
  'put_card_template',
  `insert into card_templates (corp_id, app_id, code, state) values ($1, $2, $3, $4)
   on conflict (corp_id, app_id, code) do update set state = excluded.state`,
);

/** Reads the state of an app's template. */
export function* readCardTemplate(corpId: number, appId: number, templateId: string): Work<CardTemplateState> {
  const state = yield* queryValue(selectTemplate, corpId, appId, templateId);
  return cardTemplateStates.find((one) => one === state) ?? 'active';
}

export function* putCardTemplate(
  corpId: number,
  appId: number,
  templateId: string,
  state: CardTemplateState,
): Work<void> {
  yield* queryRows(putTemplate, corpId, appId, templateId, state);
}
