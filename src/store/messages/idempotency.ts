import { splitRows } from '../engine/rows.ts';
import { pipeline, queryRows, queryValue, sql, sqlList, tuples, type Work } from '../engine/sql.ts';
import type { Accepted, Send } from '../model.ts';

// Runs before anything else is stored. If two concurrent sends have the same code, the second one waits here and then
// gets the stored result.
const claimAnswers = sqlList<[appId: number, code: string]>(
  'claim_answers',
  (count) =>
    `insert into idempotency (corp_id, app_id, code, answer, created_at) values ${tuples(2, 5, count)}
     on conflict (corp_id, app_id, code) do update set answer = '', created_at = excluded.created_at
       where idempotency.created_at <= excluded.created_at - $1
     returning app_id, code`,
);
const selectAnswer = sql<[answer: string]>(
  'select_answer',
  `select answer from idempotency where corp_id = $1 and app_id = $2 and code = $3 and created_at > $4`,
);
const updateAnswer = sql(
  'update_answer',
  `update idempotency set answer = $4 where corp_id = $1 and app_id = $2 and code = $3`,
);
const deleteAnswer = sql('delete_answer', `delete from idempotency where corp_id = $1 and app_id = $2 and code = $3`);

/** A send of any kind that may have an idempotency code. */
export type Claimable = Pick<Send, 'corpId' | 'appId' | 'sentAt' | 'idempotency'>;

/**
 * A send with an idempotency code. `window` is the validity of codes in milliseconds: older codes can be claimed again.
 */
type Claim = { readonly send: Claimable; readonly name: string; readonly code: string; readonly window: number };

/**
 * Claims the idempotency codes of sends of one organization. Each code may occur only once. Returns the stored results
 * of the sends whose code was claimed before.
 */
export function* claimCodes(
  corpId: number,
  group: readonly { readonly send: Claimable }[],
): Work<ReadonlyMap<Claimable, Accepted>> {
  const stored = new Map<Claimable, Accepted>();
  if (group.every(({ send }) => send.idempotency === undefined)) return stored;
  const claims = group.flatMap(toClaim);
  // In a fixed order, so that two groups that claim the same codes cannot deadlock.
  claims.sort((a, b) => a.window - b.window || (a.name < b.name ? -1 : 1));
  const claimed = new Set<string>();
  for (const [window, some] of Map.groupBy(claims, (claim) => claim.window)) {
    for (const piece of splitRows(some)) {
      const rows = piece.flatMap(({ send, code }) => [corpId, send.appId, code, '', send.sentAt]);
      const taken = yield* queryRows(claimAnswers(piece.length), window, ...rows);
      for (const [appId, code] of taken) claimed.add(nameOf(appId, code));
    }
  }
  for (const { send, name } of claims) {
    const answer = claimed.has(name) ? undefined : yield* readAnswer(send);
    if (answer) stored.set(send, answer);
  }
  return stored;
}

function toClaim({ send }: { readonly send: Claimable }): readonly Claim[] {
  if (!send.idempotency) return [];
  const { code, since } = send.idempotency;
  return [{ send, name: nameOf(send.appId, code), code, window: send.sentAt - since }];
}

const nameOf = (appId: number, code: string) => `${appId} ${code}`;

function* readAnswer({ corpId, appId, idempotency }: Claimable): Work<Accepted | undefined> {
  if (!idempotency) return undefined;
  const { code, since } = idempotency;
  const answer = yield* queryValue(selectAnswer, corpId, appId, code, since);
  return answer === undefined ? undefined : (JSON.parse(answer) as Accepted);
}

/** Stores the result of a send with a claimed code, together with the send's `content`. */
export function* storeAnswer({ corpId, appId, idempotency }: Claimable, accepted: Accepted): Work<void> {
  if (!idempotency) return;
  const { code, content } = idempotency;
  yield* pipeline(updateAnswer, corpId, appId, code, JSON.stringify({ ...accepted, content }));
}

/** Releases the claimed code of a send that was not stored. */
export function* releaseCode({ corpId, appId, idempotency }: Claimable): Work<void> {
  if (idempotency) yield* pipeline(deleteAnswer, corpId, appId, idempotency.code);
}
