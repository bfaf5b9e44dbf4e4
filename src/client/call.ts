import { tokenHeader } from '../wire/headers.ts';
import type { Answer } from './answer.ts';
import { ApiError, ClientError } from './errors.ts';
import type { ApiRequest } from './exchange.ts';
import type { CallOptions, Settings } from './options.ts';
import { createRateLimiter } from './pace.ts';
import { callWithRetries } from './retry.ts';
import { createTokens } from './token.ts';

/** Makes API calls for the functions of the client: adds the token, limits the call rate, and retries. */
export type Caller = {
  readonly settings: Settings;
  /** @param repeatable whether the call may be repeated although the server may already have processed it */
  call(request: ApiRequest, repeatable: boolean): Promise<Answer>;
  /** Whether `error` was thrown because no token was available, so that the call was never sent. */
  wasNeverSent(error: unknown): boolean;
  /** Returns the robotCode of the call, or else of the client. Throws a TypeError if there is neither. */
  resolveRobotCode(options: CallOptions | undefined): string;
};

/**
 * Creates the caller of one client. If the server rejects the token, the caller gets a new one and repeats the call
 * once.
 */
export function createCaller(settings: Settings): Caller {
  const tokens = createTokens(settings);
  const waitForTurn = createRateLimiter(settings);
  const tokenErrors = new WeakSet<object>();
  const getToken = async (signal: AbortSignal | undefined) => {
    try {
      return await tokens.get(signal);
    } catch (error) {
      if (error instanceof ClientError) tokenErrors.add(error);
      throw error;
    }
  };
  const sendOnce = async (request: ApiRequest, using: string, repeatable: boolean) => {
    await waitForTurn(request.path, request.signal);
    return callWithRetries(settings, addToken(request, using), repeatable);
  };
  return {
    settings,
    async call(request, repeatable) {
      const first = await getToken(request.signal);
      try {
        return await sendOnce(request, first, repeatable);
      } catch (error) {
        const isRefused = error instanceof ApiError && error.code === 'InvalidAuthentication';
        if (!isRefused || !tokens.invalidate(first)) throw error;
        return sendOnce(request, await getToken(request.signal), repeatable);
      }
    },
    wasNeverSent: (error) => error instanceof ClientError && tokenErrors.has(error),
    resolveRobotCode(options) {
      const code = options?.robotCode ?? settings.robotCode;
      if (code === undefined) throw new TypeError('robotCode is missing: give it to createClient or to the call.');
      return code;
    },
  };
}

/** Adds the token: as a header, or as a parameter of a call of the old host. */
function addToken(request: ApiRequest, token: string): ApiRequest {
  const { form } = request;
  if (form instanceof FormData) return { ...request, query: { ...request.query, access_token: token } };
  if (form) return { ...request, form: { access_token: token, ...form } };
  return { ...request, headers: { ...request.headers, [tokenHeader]: token } };
}
