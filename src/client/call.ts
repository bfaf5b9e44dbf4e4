import { tokenHeader } from '../wire/headers.ts';
import type { Answer } from './answer.ts';
import { ApiError, ClientError } from './errors.ts';
import type { ApiRequest } from './exchange.ts';
import { findOldHostError } from './old-host.ts';
import type { CallOptions, Settings } from './options.ts';
import { createRateLimiter } from './pace.ts';
import { callWithRetries } from './retry.ts';
import { createTokens } from './token.ts';

/** Makes API calls for the functions of the client: adds the token, limits the call rate, and retries. */
export type Caller = {
  readonly settings: Settings;
  /** @param repeatable whether the call may be repeated although the server may already have processed it */
  call(request: ApiRequest, repeatable: boolean): Promise<Answer>;
  /** Makes a call of the vendor's old host, which expects the token in the query and always answers HTTP 200. */
  callOldHost(request: ApiRequest): Promise<Answer>;
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
    return callWithRetries(settings, { ...request, headers: { ...request.headers, [tokenHeader]: using } }, repeatable);
  };
  const sendToOldHost = async (request: ApiRequest, using: string) => {
    await waitForTurn(request.path, request.signal);
    const query = { ...request.query, access_token: using };
    return callWithRetries(settings, { ...request, query, base: findOldHost(settings.endpoint) }, false);
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
    async callOldHost(request) {
      const first = await getToken(request.signal);
      const answer = await sendToOldHost(request, first);
      const refused = findOldHostError(answer);
      if (!refused) return answer;
      if (refused.code !== '40014' || !tokens.invalidate(first)) throw refused;
      const again = await sendToOldHost(request, await getToken(request.signal));
      const error = findOldHostError(again);
      if (error) throw error;
      return again;
    },
    wasNeverSent: (error) => error instanceof ClientError && tokenErrors.has(error),
    resolveRobotCode(options) {
      const code = options?.robotCode ?? settings.robotCode;
      if (code === undefined) throw new TypeError('robotCode is missing: give it to createClient or to the call.');
      return code;
    },
  };
}

/** Returns the old host of an endpoint: the vendor has two hosts, and other servers one. */
function findOldHost(endpoint: string): string {
  return endpoint.replace(/^https:\/\/api\.dingtalk\.(com|io)$/, 'https://oapi.dingtalk.$1');
}
