/**
 * Schemas of the token calls. The gateway checks required fields in the order of the schema.
 * https://open.dingtalk.com/document/development/obtain-the-access-token-of-an-internal-app
 * https://open.dingtalk.com/document/development/obtain-the-access-token-of-the-authorized-enterprise-1
 * https://open.dingtalk.com/document/development/api-gettoken
 * https://open.dingtalk.com/document/development/obtain-orgapp-token
 */
import { z } from 'zod';
import { tokenSeconds } from '../limits.ts';

const seconds = z
  .int()
  .describe('Seconds until the token expires.')
  .meta({ examples: [tokenSeconds] });
const token = z.string().describe('Send it in the header x-acs-dingtalk-access-token.');

/** Request body of `POST /v1.0/oauth2/accessToken`, for internal apps. */
export const accessTokenBody = z.object({
  appKey: z.string().describe('Client ID of the app.'),
  appSecret: z.string().describe('Client secret of the app.'),
});

/** Response of `POST /v1.0/oauth2/accessToken` and of `corpAccessToken`. */
export const accessTokenAnswer = z.object({ expireIn: seconds, accessToken: token });
export type AccessTokenAnswer = z.infer<typeof accessTokenAnswer>;

/**
 * Request body of `POST /v1.0/oauth2/corpAccessToken`, for a third-party app and an organization that has authorized
 * it.
 */
export const corpAccessTokenBody = z.object({
  suiteKey: z.string().describe('Client ID of the third-party app.'),
  suiteSecret: z.string().describe('Client secret of the third-party app.'),
  authCorpId: z.string().describe('The organization that has authorized the app.'),
  suiteTicket: z.string().describe('One of the two newest tickets of the app.'),
});

/** Response of `POST /v1.0/oauth2/corpAccessToken`. */
export const corpAccessTokenAnswer = accessTokenAnswer;

/** The only grant type of `POST /v1.0/oauth2/{corpId}/token`. */
const clientCredentials = 'client_credentials';

/** Request body of `POST /v1.0/oauth2/{corpId}/token`, for internal and third-party apps. */
export const tokenBody = z.object({
  client_id: z.string().describe('Client ID of the app.'),
  client_secret: z.string().describe('Client secret of the app.'),
  grant_type: z
    .string()
    .describe(`Always ${clientCredentials}.`)
    .meta({ examples: [clientCredentials] }),
});

/** Response of `POST /v1.0/oauth2/{corpId}/token`. */
export const tokenAnswer = z.object({ access_token: token, expires_in: seconds });
export type TokenAnswer = z.infer<typeof tokenAnswer>;

/**
 * Query parameters of `GET /gettoken`, the legacy token call: either appkey and appsecret, or corpid and corpsecret.
 */
export const getTokenQuery = z.object({
  appkey: z.string().optional().describe('Client ID of the app.'),
  appsecret: z.string().optional().describe('Client secret of the app.'),
  corpid: z.string().optional().describe('An organization; used in the oldest form of the call, instead of appkey.'),
  corpsecret: z.string().optional().describe('Client secret of an internal app of that organization.'),
});

/** Response of `GET /gettoken`. The status is always HTTP 200; `errcode` is 0 for success. */
export const getTokenAnswer = z.object({
  errcode: z.int().describe('0 for success, otherwise one of 40035, 40089, 40096, 90018 and -1.'),
  access_token: token.optional(),
  errmsg: z.string(),
  expires_in: seconds.optional(),
});
export type GetTokenAnswer = z.infer<typeof getTokenAnswer>;
