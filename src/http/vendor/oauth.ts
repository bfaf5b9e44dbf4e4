import { corpToken, internalToken, unifiedToken } from '../../core/access/tokens.ts';
import type { Context } from '../../core/context.ts';
import type { Parameter } from '../../core/read-status.ts';
import { WireError, wireError } from '../../wire/errors.ts';
import {
  type AccessTokenAnswer,
  type GetTokenAnswer,
  legacyErrors,
  type TokenAnswer,
} from '../../wire/vendor/oauth.ts';
import type { Call } from '../server/call.ts';
import type { RouteRequest } from '../server/gateway.ts';
import type { JsonObject } from '../server/json-body.ts';
import { parameterOf } from '../server/query.ts';

/** `POST /v1.0/oauth2/accessToken` */
export async function accessToken({ context, call, body }: RouteRequest): Promise<string> {
  const credentials = { key: text(body, 'appKey'), secret: text(body, 'appSecret'), address: call.address };
  const { token, seconds } = await internalToken(context, credentials);
  return JSON.stringify({ expireIn: seconds, accessToken: token } satisfies AccessTokenAnswer);
}

/** `POST /v1.0/oauth2/corpAccessToken` */
export async function corpAccessToken({ context, call, body }: RouteRequest): Promise<string> {
  const credentials = { key: text(body, 'suiteKey'), secret: text(body, 'suiteSecret'), address: call.address };
  const corpCode = text(body, 'authCorpId');
  const { token, seconds } = await corpToken(context, credentials, corpCode, text(body, 'suiteTicket'));
  return JSON.stringify({ expireIn: seconds, accessToken: token } satisfies AccessTokenAnswer);
}

/** `POST /v1.0/oauth2/{corpId}/token` */
export async function corpIdToken({ context, call, segment, body }: RouteRequest): Promise<string> {
  const credentials = { key: text(body, 'client_id'), secret: text(body, 'client_secret'), address: call.address };
  const { token, seconds } = await unifiedToken(context, credentials, decoded(segment), text(body, 'grant_type'));
  return JSON.stringify({ access_token: token, expires_in: seconds } satisfies TokenAnswer);
}

/** `GET /gettoken`, the legacy call: its failures are HTTP 200 with an `errcode`. */
export async function getToken({ context, call }: RouteRequest): Promise<string> {
  return JSON.stringify(await legacyToken(context, call));
}

async function legacyToken(context: Context, { query, address }: Call): Promise<GetTokenAnswer> {
  try {
    const [key, secret] = [parameterOf(query, 'appkey'), parameterOf(query, 'appsecret')];
    if (!isOne(key) || !isOne(secret)) return legacyErrors.missingParameter;
    const credentials = { key: key.value, secret: secret.value, address };
    const { token, seconds } = await internalToken(context, credentials);
    return { errcode: 0, access_token: token, errmsg: 'ok', expires_in: seconds };
  } catch (error) {
    if (error instanceof WireError) return legacyErrors.invalidCredentials;
    if (error instanceof URIError) return legacyErrors.missingParameter;
    context.log.error({ err: error }, 'the store could not issue a token');
    return legacyErrors.busy;
  }
}

/** Given once, and not empty. */
function isOne({ count, value }: Parameter): boolean {
  return count === 1 && value !== '';
}

/** A field that is present but no text cannot be anybody's; it is compared as the text that it would be. */
function text(body: JsonObject, field: string): string {
  const value = body[field];
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw wireError('unknownError', { why: 'a percent escape in the path is broken', cause });
  }
}
