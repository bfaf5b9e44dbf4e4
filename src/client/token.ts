import { ClientError, ConnectionError } from './errors.ts';
import { type Fields, textOf } from './exchange.ts';
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
      return (await unlessAborted(pending, signal)).token;
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

/** The request belongs to all who wait for it, so one who gives up leaves it to the others. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

async function fresh(settings: Settings): Promise<Kept> {
  const { credentials, now } = settings;
  if ('token' in credentials) {
    const { token } = credentials;
    const given = typeof token === 'string' ? token : await asked(token);
    if (/[^!-~]/.test(given)) throw new ClientError('token', 'the token holds characters that no header can carry');
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
  const token = textOf(answer.accessToken ?? answer.access_token);
  if (token === undefined) throw new ConnectionError('invalidAnswer', 'the answer to the token call holds no token');
  const life = (Number(answer.expireIn ?? answer.expires_in) || 7200) * 1000;
  return { token, renewAt: begun + life - Math.min(life / 10, 300_000) };
}

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

function granted(settings: Settings, path: string, body: object): Promise<Fields> {
  return persist(settings, { method: 'POST', path: `/v1.0/oauth2/${path}`, body }, true);
}
