import { maskTokenPath } from '../../core/access/masked.ts';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import { WireError, wireError } from '../../wire/errors.ts';
import type { Call } from '../server/call.ts';
import { findValidParameter } from '../server/query.ts';
import { readFormField } from './parameters.ts';

/**
 * The first segments of paths of the vendor's old host, which have no version. Of the later ones nothing is served here;
 * programs that use them expect the response of the old host, such as the adapter of Koishi with `/microapp/list`.
 */
const modules = [
  ...['gettoken', 'topapi', 'robot', 'media', 'chat', 'user', 'department', 'call_back'],
  ...['attendance', 'auth', 'blackboard', 'checkin', 'cspace', 'file', 'get_jsapi_ticket', 'message', 'microapp'],
  ...['report', 'service', 'sns', 'sso'],
];
const oldHostPath = new RegExp(`^/(?:${modules.join('|')})(?:/|$)`);

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
  const submsg = `不合法ApiName，ApiName = dingtalk.oapi.${toDotted(operation)}`;
  return new OldHostError(22, why, { submsg, hasRequestId: true });
}

// Characters. The path comes from the caller and is truncated, so that a response never echoes a long text.
const longestName = 200;

function toDotted(operation: string): string {
  return operation.replaceAll('/', '.').slice(0, longestName);
}

/** Returns the error for a wrong method on a known path of the old host. */
export function wrongMethodError({ method, path }: Call, allowed: readonly string[]): OldHostError {
  return new OldHostError(
    allowed.includes('GET') ? 43001 : 43002,
    `${path} accepts ${allowed.join(', ')}, not ${method}`,
  );
}

const tokenName = 'access_token';

/** Reads the token of a call of the old host: from the query, or else from a form body. */
export async function readOldHostToken(call: Call): Promise<string> {
  const { count, value } = findValidParameter(call.query, tokenName);
  if (count > 1) throw wireError('invalidParameter.param.invalid', { why: `${tokenName} is given twice` });
  const token = value || (await readFormField(call, tokenName));
  if (token) return token;
  const isElsewhere = call.header('x-acs-dingtalk-access-token') !== undefined;
  const why = isElsewhere ? `the token is in a header, and the call reads it from ${tokenName}` : `no ${tokenName}`;
  throw wireError('AuthenticationFailed.MissingParameter', { why });
}

/**
 * Maps an error that the gateway or the core throws to the error that the old host has for it.
 *
 * @param appKey the caller's app, if it is known: the link in the text of a missing permission names it
 */
export function toOldHostError(error: unknown, appKey = ''): OldHostError {
  if (error instanceof OldHostError) return error;
  if (!(error instanceof WireError)) {
    const why = error instanceof Error ? error.message : String(error);
    return new OldHostError(-1, why, { cause: error });
  }
  const { why, cause } = error;
  const retry = error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter };
  const [subcode, submsg] = describeRefusal(error, appKey) ?? [];
  if (subcode !== undefined && submsg !== undefined) return new OldHostError(88, why, { subcode, submsg, ...retry });
  if (error.status >= 500) return new OldHostError(-1, why, { cause, ...retry });
  return new OldHostError(40035, why, { cause });
}

/** Returns sub_code and sub_msg of an error that concerns token, permission or rate. */
function describeRefusal({ code, requiredScopes }: WireError, appKey: string): readonly [string, string] | undefined {
  if (code === 'AuthenticationFailed.MissingParameter') return ['40000', 'access_token is blank'];
  if (code === 'InvalidAuthentication') return ['40014', '不合法的access_token'];
  if (/^Forbidden\.AccessDenied\.Q/.test(code)) {
    return ['90018', '您的服务器调用钉钉开放平台当前接口的所有请求都被暂时禁用了'];
  }
  return requiredScopes && ['60011', describePermission(requiredScopes.join(','), appKey)];
}

function describePermission(scope: string, appKey: string): string {
  const link = `https://open-dev.dingtalk.com/appscope/apply?content=${appKey}%23${scope}`;
  return `应用尚未开通所需的权限：[${scope}]，点击链接申请并开通即可：${link}, {requiredScopes=[${scope}]}`;
}
