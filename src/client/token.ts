import { type Answer, createAnswerReader } from './answer.ts';
import { rejectOnAbort } from './body.ts';
import { ClientError } from './errors.ts';
import type { ClientEvent, Settings } from './options.ts';
import { callWithRetries } from './retry.ts';

/** The token cache of one client. */
export type Tokens = {
  /** Resolves to a valid token. Requests or renews it if needed; concurrent callers share one request. */
  get(signal: AbortSignal | undefined): Promise<string>;
  /** Drops a token that the server rejected. Returns whether a new one can be requested. */
  invalidate(token: string): boolean;
};

type CachedToken = { readonly token: string; readonly renewAt: number };

/**
 * Creates the token cache. A token is renewed in the last tenth of its lifetime, or in the last five minutes if that is
 * later.
 */
export function createTokens(settings: Settings): Tokens {
  let cached: CachedToken | undefined;
  let pending: Promise<CachedToken> | undefined;
  let reason: Extract<ClientEvent, { type: 'token' }>['reason'] = 'first';

  const renew = async () => {
    settings.on({ type: 'token', reason });
    try {
      cached = await requestToken(settings);
      reason = 'expiring';
      return cached;
    } finally {
      pending = undefined;
    }
  };

  return {
    async get(signal) {
      if (cached && settings.now() < cached.renewAt) return cached.token;
      pending ??= renew();
      // All waiting callers share this request, so one that aborts does not cancel it.
      return (await rejectOnAbort(pending, signal)).token;
    },
    invalidate(token) {
      const { credentials } = settings;
      if ('token' in credentials && typeof credentials.token === 'string') return false;
      if (cached?.token === token) {
        cached = undefined;
        reason = 'refused';
      }
      return true;
    },
  };
}

async function requestToken(settings: Settings): Promise<CachedToken> {
  const { credentials, now } = settings;
  if ('token' in credentials) {
    const { token } = credentials;
    const given = typeof token === 'string' ? token : await callTokenFunction(token);
    if (!isHeaderText(given))
      throw new ClientError('token', 'the token is empty or has a character that is not allowed in a header');
    return { token: given, renewAt: Number.POSITIVE_INFINITY };
  }
  const { appKey, appSecret, corpId } = credentials;
  const begun = now();
  const answer =
    corpId === undefined
      ? await postTokenRequest(settings, 'accessToken', { appKey, appSecret })
      : await postTokenRequest(settings, `${encodeURIComponent(corpId)}/token`, {
          client_id: appKey,
          client_secret: appSecret,
          grant_type: 'client_credentials',
        });
  const reader = createAnswerReader('the token call', answer);
  const token = reader.text(corpId === undefined ? 'accessToken' : 'access_token');
  if (!isHeaderText(token)) throw reader.invalid('a token with a character that is not allowed in a header');
  const seconds = reader.number(corpId === undefined ? 'expireIn' : 'expires_in') ?? 0;
  const life = (seconds > 0 ? seconds : usualLife) * 1000;
  return { token, renewAt: begun + life - Math.min(life / 10, 300_000) };
}

/** Lifetime in seconds of a token whose response gives none. */
const usualLife = 7200;

const isHeaderText = (token: unknown) => typeof token === 'string' && /^[!-~]+$/.test(token);

/**
 * Calls the caller's token function. Wraps what it throws in a ClientError, so that a send still returns the results of
 * its other parts.
 */
async function callTokenFunction(token: () => string | Promise<string>): Promise<string> {
  try {
    return await token();
  } catch (cause) {
    throw new ClientError('token', `the token function failed: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

function postTokenRequest(settings: Settings, path: string, body: object): Promise<Answer> {
  return callWithRetries(settings, { method: 'POST', path: `/v1.0/oauth2/${path}`, body }, true);
}
