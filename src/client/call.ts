import { tokenHeader } from '../wire/headers.ts';
import { ApiError } from './errors.ts';
import type { Ask, Fields } from './exchange.ts';
import type { CallOptions, Settings } from './options.ts';
import { createPace } from './pace.ts';
import { persist } from './retry.ts';
import { createTokens } from './token.ts';

/** What the verbs of the client stand on: its settings, and a call with token, pace and retries. */
export type Caller = {
  readonly settings: Settings;
  /** @param repeatable whether the call may be repeated when nobody knows if it has happened */
  call(ask: Ask, repeatable: boolean): Promise<Fields>;
  /** The robot that a call names, or the client's own; a TypeError when there is neither. */
  robotCode(options: CallOptions | undefined): string;
};

/** Makes the calls of one client. A token that the server no longer takes is renewed once, and the call made again. */
export function createCaller(settings: Settings): Caller {
  const tokens = createTokens(settings);
  const pace = createPace(settings);
  const attempt = async (ask: Ask, token: string, repeatable: boolean) => {
    await pace(ask.path, ask.signal);
    return persist(settings, { ...ask, headers: { ...ask.headers, [tokenHeader]: token } }, repeatable);
  };
  return {
    settings,
    async call(ask, repeatable) {
      const token = await tokens.current(ask.signal);
      try {
        return await attempt(ask, token, repeatable);
      } catch (error) {
        const isRefused = error instanceof ApiError && error.code === 'InvalidAuthentication';
        if (!isRefused || !tokens.refused(token)) throw error;
        return attempt(ask, await tokens.current(ask.signal), repeatable);
      }
    },
    robotCode(options) {
      const code = options?.robotCode ?? settings.robotCode;
      if (code === undefined)
        throw new TypeError('Name a robot: robotCode is given neither to the client nor to the call.');
      return code;
    },
  };
}
