import { type Answer, readerOf } from './answer.ts';
import { orAborted } from './body.ts';
import { ClientError } from './errors.ts';
import type { ClientEvent, Settings } from './options.ts';
import { persist } from './retry.ts';

/** Tokens for the calls of one client. */
export type Tokens = {
  /** The token, which is got or renewed first when it has to be; many that wait share one request. */
  current(signal: AbortSignal | undefined): Promise<string>;
  /** Says that the server has refused this token; answers whether another may be had. */
  refused(token: string): boolean;
};

type Kept = { readonly token: string; readonly renewAt: number };

/** Keeps a token, and renews it before it ends: in the last tenth of its life, or in its last five minutes. */
export function createTokens(settings: Settings): Tokens {
  let kept: Kept | undefined;
  let pending: Promise<Kept> | undefined;
  let reason: Extract<ClientEvent, { type: 'token' }>['reason'] = 'first';

  const renew = async () => {
    settings.on({ type: 'token', reason });
    try {
      kept = await fresh(settings);
      reason = 'expiring';
      return kept;
    } finally {
      pending = undefined;
    }
  };

  return {
    async current(signal) {
      if (kept && settings.now() < kept.renewAt) return kept.token;
      pending ??= renew();
      // The request belongs to all callers that wait for it: one that gives up leaves it to the others.
      return (await orAborted(pending, signal)).token;
    },
    refused(token) {
      const { credentials } = settings;
      if ('token' in credentials && typeof credentials.token === 'string') return false;
      if (kept?.token === token) {
        kept = undefined;
        reason = 'refused';
      }
      return true;
    },
  };
}

async function fresh(settings: Settings): Promise<Kept> {
  const { credentials, now } = settings;
  if ('token' in credentials) {
    const { token } = credentials;
    const given = typeof token === 'string' ? token : await asked(token);
    if (!isHeaderText(given))
      throw new ClientError('token', 'the token is empty or holds characters that no header can carry');
    return { token: given, renewAt: Number.POSITIVE_INFINITY };
  }
  const { appKey, appSecret, corpId } = credentials;
  const begun = now();
  const answer =
    corpId === undefined
      ? await granted(settings, 'accessToken', { appKey, appSecret })
      : await granted(settings, `${encodeURIComponent(corpId)}/token`, {
          client_id: appKey,
          client_secret: appSecret,
          grant_type: 'client_credentials',
        });
  const reader = readerOf('the token call', answer);
  const token = reader.text(corpId === undefined ? 'accessToken' : 'access_token');
  if (!isHeaderText(token)) throw reader.invalid('a token that no header can carry');
  const seconds = reader.number(corpId === undefined ? 'expireIn' : 'expires_in') ?? 0;
  const life = (seconds > 0 ? seconds : usualLife) * 1000;
  return { token, renewAt: begun + life - Math.min(life / 10, 300_000) };
}

/** Seconds. */
const usualLife = 7200;

const isHeaderText = (token: unknown) => typeof token === 'string' && /^[!-~]+$/.test(token);

/** Whatever the function of a program throws is an error of ours, so that a send keeps the result of its other parts. */
async function asked(token: () => string | Promise<string>): Promise<string> {
  try {
    return await token();
  } catch (cause) {
    throw new ClientError('token', `no token could be had: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

function granted(settings: Settings, path: string, body: object): Promise<Answer> {
  return persist(settings, { method: 'POST', path: `/v1.0/oauth2/${path}`, body }, true);
}
