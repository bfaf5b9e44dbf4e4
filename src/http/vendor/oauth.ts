import { maskUnknown } from '../../core/access/masked.ts';
import {
  type Credentials,
  type IssuedToken,
  issueCorpToken,
  issueInternalToken,
  issueOrganizationToken,
  issueUnifiedToken,
} from '../../core/access/tokens.ts';
import type { Context } from '../../core/context.ts';
import type { Parameter } from '../../core/read-status.ts';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import { WireError, wireError } from '../../wire/errors.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { AccessTokenAnswer, GetTokenAnswer, TokenAnswer } from '../../wire/vendor/oauth.ts';
import type { Call } from '../server/call.ts';
import { findClientAddress } from '../server/client-address.ts';
import { findParameter } from '../server/query.ts';
import type { RouteRequest } from '../server/route.ts';
import { toOldHostError } from './old-host.ts';

const addressOf = ({ options }: Context, call: Call) => findClientAddress(call, options.trustedProxies);

/** Reads the credentials of a call from the fields of its body. */
function credentialsOf({ context, call, body }: RouteRequest, key: string, secret: string): Credentials {
  return { key: toText(body, key), secret: toText(body, secret), address: addressOf(context, call) };
}

/** `POST /v1.0/oauth2/accessToken` */
export async function createAccessToken(request: RouteRequest): Promise<string> {
  const credentials = credentialsOf(request, 'appKey', 'appSecret');
  const { token, seconds } = await issueInternalToken(request.context, credentials);
  return JSON.stringify({ expireIn: seconds, accessToken: token } satisfies AccessTokenAnswer);
}

/** `POST /v1.0/oauth2/corpAccessToken` */
export async function createCorpAccessToken(request: RouteRequest): Promise<string> {
  const { context, body } = request;
  const credentials = credentialsOf(request, 'suiteKey', 'suiteSecret');
  const corpCode = toText(body, 'authCorpId');
  const { token, seconds } = await issueCorpToken(context, credentials, corpCode, toText(body, 'suiteTicket'));
  return JSON.stringify({ expireIn: seconds, accessToken: token } satisfies AccessTokenAnswer);
}

/** `POST /v1.0/oauth2/{corpId}/token` */
export async function createUnifiedToken(request: RouteRequest): Promise<string> {
  const { context, segment, body } = request;
  const credentials = credentialsOf(request, 'client_id', 'client_secret');
  const { token, seconds } = await issueUnifiedToken(
    context,
    credentials,
    decodeSegment(segment),
    toText(body, 'grant_type'),
  );
  return JSON.stringify({ access_token: token, expires_in: seconds } satisfies TokenAnswer);
}

/** `GET /gettoken`, the legacy call: its failures are HTTP 200 with an `errcode`. */
export async function getToken({ context, call }: RouteRequest): Promise<string> {
  const { token, seconds } = await issueLegacyToken(context, call).catch((error: unknown) => {
    throw toTokenError(error);
  });
  const answer: GetTokenAnswer = { errcode: 0, access_token: token, errmsg: 'ok', expires_in: seconds };
  return JSON.stringify(answer);
}

/** Issues a token for appkey and appsecret, or, in the oldest form of the call, for corpid and corpsecret. */
async function issueLegacyToken(context: Context, call: Call): Promise<IssuedToken> {
  const { query } = call;
  const address = addressOf(context, call);
  const findPair = (name: string, secretName: string): Credentials | undefined => {
    const [key, secret] = [findParameter(query, name), findParameter(query, secretName)];
    return isOne(key) && isOne(secret) ? { key: key.value, secret: secret.value, address } : undefined;
  };
  const app = findPair('appkey', 'appsecret');
  if (app) return issueInternalToken(context, app);
  const organization = findPair('corpid', 'corpsecret');
  if (!organization)
    throw missingCredentialsError('the query has neither appkey and appsecret nor corpid and corpsecret');
  const token = await issueOrganizationToken(context, organization);
  if (!token)
    throw new OldHostError(40089, `organization ${maskUnknown(organization.key)} has no internal app with this secret`);
  return token;
}

/** Maps an error of the versioned token calls to that of this call. */
function toTokenError(error: unknown): OldHostError {
  if (error instanceof URIError) return missingCredentialsError('a percent escape in the query is broken');
  if (error instanceof OldHostError || !(error instanceof WireError)) return toOldHostError(error);
  if (error.retryAfter === undefined) return new OldHostError(40096, error.why);
  return new OldHostError(90018, error.why, { retryAfter: error.retryAfter });
}

function missingCredentialsError(why: string): OldHostError {
  return new OldHostError(40035, why, { errmsg: '缺少参数 corpid or appkey' });
}

/** Whether a parameter is given exactly once and is not empty. */
function isOne({ count, value }: Parameter): boolean {
  return count === 1 && value !== '';
}

/** Returns a field as text. Any other type is converted to JSON, so that it matches no stored key or secret. */
function toText(body: JsonObject, field: string): string {
  const value = body[field];
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw wireError('unknownError', { why: 'a percent escape in the path is broken', cause });
  }
}
