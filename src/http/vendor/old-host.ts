import { type Errcode, OldHostError } from '../../wire/error-table/errcode.ts';
import type { Call } from '../server/call.ts';

/** Paths of the vendor's old host: those without a version, by their first segment. */
const oldHostPath = /^\/(?:gettoken|topapi|robot|media|chat|user|department|call_back)(?:\/|$)/;

/** Whether a path belongs to the old host, whose answers are always HTTP 200 with an `errcode`. */
export function isOldHost(path: string): boolean {
  return oldHostPath.test(path);
}

/** The error for a path of the old host that no call has. The vendor's router for `/topapi/` names the call by its path in dots. */
export function unknownOldPath({ method, path }: Call): OldHostError {
  const why = `there is no ${method} ${path}`;
  const [, operation] = /^\/topapi\/(.+)$/.exec(path) ?? [];
  if (operation === undefined) return new OldHostError(404, why);
  return new OldHostError(22, why, { submsg: `不合法ApiName，ApiName = dingtalk.oapi.${dotted(operation)}` });
}

// The path comes from the caller: it is cut, so that an answer never echoes a long text.
const longestName = 200;

function dotted(operation: string): string {
  return operation.replaceAll('/', '.').slice(0, longestName);
}

/** The error for a call of the old host with another method than its own. */
export function wrongOldMethod({ method, path }: Call): OldHostError {
  const errcode: Errcode = 43001;
  return new OldHostError(errcode, `${path} takes GET, not ${method}`);
}
