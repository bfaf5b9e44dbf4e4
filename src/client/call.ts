import { tokenHeader } from '../wire/headers.ts';
import type { Answer } from './answer.ts';
import { ApiError, ClientError } from './errors.ts';
import type { Ask } from './exchange.ts';
import type { CallOptions, Settings } from './options.ts';
import { createPace } from './pace.ts';
import { persist } from './retry.ts';
import { createTokens } from './token.ts';

/** What the verbs of the client stand on: its settings, and a call with token, pace and retries. */
export type Caller = {
  readonly settings: Settings;
  /** @param repeatable whether the call may be repeated when nobody knows if it has happened */
  call(ask: Ask, repeatable: boolean): Promise<Answer>;
  /** Whether the call that threw this has never gone out, since no token could be had. */
  untried(error: unknown): boolean;
  /** The robot that a call names, or the client's own; a TypeError when there is neither. */
  robotCode(options: CallOptions | undefined): string;
};

/** Makes the calls of one client. A token that the server no longer takes is renewed once, and the call made again. */
export function createCaller(settings: Settings): Caller {
  const tokens = createTokens(settings);
  const pace = createPace(settings);
  const withoutToken = new WeakSet<object>();
  const token = async (signal: AbortSignal | undefined) => {
    try {
      return await tokens.current(signal);
    } catch (error) {
      if (error instanceof ClientError) withoutToken.add(error);
      throw error;
    }
  };
  const attempt = async (ask: Ask, using: string, repeatable: boolean) => {
    await pace(ask.path, ask.signal);
    return persist(settings, { ...ask, headers: { ...ask.headers, [tokenHeader]: using } }, repeatable);
  };
  return {
    settings,
    async call(ask, repeatable) {
      const first = await token(ask.signal);
      try {
        return await attempt(ask, first, repeatable);
      } catch (error) {
        const isRefused = error instanceof ApiError && error.code === 'InvalidAuthentication';
        if (!isRefused || !tokens.refused(first)) throw error;
        return attempt(ask, await token(ask.signal), repeatable);
      }
    },
    untried: (error) => error instanceof ClientError && withoutToken.has(error),
    robotCode(options) {
      const code = options?.robotCode ?? settings.robotCode;
      if (code === undefined)
        throw new TypeError('Name a robot: robotCode is given neither to the client nor to the call.');
      return code;
    },
  };
}
