import { maskTokenPath } from '../../core/access/masked.ts';
import { type Errcode, OldHostError } from '../../wire/error-table/errcode.ts';
import type { Call } from '../server/call.ts';

/** Paths of the vendor's old host: those without a version, by their first segment. */
const oldHostPath = /^\/(?:gettoken|topapi|robot|media|chat|user|department|call_back)(?:\/|$)/;

/** Whether a path belongs to the old host, whose responses are always HTTP 200 with an `errcode`. */
export function isOldHost(path: string): boolean {
  return oldHostPath.test(path);
}

/**
 * Returns the error for an unknown path of the old host. The vendor's router for `/topapi/` names the call by its path
 * with dots.
 */
export function unknownPathError({ method, path }: Call): OldHostError {
  const why = `there is no ${method} ${maskTokenPath(path)}`;
  const [, operation] = /^\/topapi\/(.+)$/.exec(path) ?? [];
  if (operation === undefined) return new OldHostError(404, why);
  return new OldHostError(22, why, { submsg: `不合法ApiName，ApiName = dingtalk.oapi.${toDotted(operation)}` });
}

// Characters. The path comes from the caller and is truncated, so that a response never echoes a long text.
const longestName = 200;

function toDotted(operation: string): string {
  return operation.replaceAll('/', '.').slice(0, longestName);
}

/** Returns the error for a wrong method on a known path of the old host. */
export function wrongMethodError({ method, path }: Call): OldHostError {
  const errcode: Errcode = 43001;
  return new OldHostError(errcode, `${path} accepts GET, not ${method}`);
}
