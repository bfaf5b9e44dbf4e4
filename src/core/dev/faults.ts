import type { Errcode } from '../../wire/error-table/errcode.ts';
import { type ErrorCode, type WireError, wireError } from '../../wire/errors.ts';
import { longestTimer } from '../../wire/limits.ts';

/**
 * A fault rule: which calls it matches, and its effect. Latency is in milliseconds and can be combined with other
 * effects.
 */
export type Fault = {
  readonly path?: string | undefined;
  readonly method?: string | undefined;
  readonly robotCode?: string | undefined;
  /** The rule applies from the nth matching call (counted from 1), for `times` calls. */
  readonly nth?: number | undefined;
  readonly times?: number | undefined;
  readonly error?: ErrorCode | undefined;
  /** Returns this error of the old host. Such a rule matches only calls of the old host. */
  readonly errcode?: Errcode | undefined;
  /** With an error: a recall succeeds as a whole, but these keys (all if true) fail with the error as their reason. */
  readonly failedKeys?: true | readonly string[] | undefined;
  readonly latency?: number | undefined;
  readonly drop?: true | undefined;
  /** Sends a push twice. */
  readonly repeat?: true | undefined;
};

/** The properties of a call that rules match. */
export type MatchedCall = {
  readonly method: string;
  readonly path: string;
  readonly robotCode: string | undefined;
  readonly isOldHost: boolean;
};

/** The active fault rules and how often each has matched. */
export type Faults = {
  readonly rules: () => readonly Fault[];
  /** Replaces all rules and restarts their counts. */
  set(rules: readonly Fault[]): void;
  /** Adds rules after the others, whose counts continue. */
  add(rules: readonly Fault[]): void;
  /**
   * Counts the call for each matching rule up to the first whose range of calls (`nth`, `times`) includes it, and
   * returns that rule.
   */
  match(call: MatchedCall): Fault | undefined;
  /** Waits for a latency in real time, even if the clock is frozen. Resolves to false if the emulator stops first. */
  wait(milliseconds: number): Promise<boolean>;
  /** Ends all waits, so that no timer keeps the process alive. */
  end(): void;
};

/** Creates an empty set of rules. */
export function createFaults(): Faults {
  let rules: readonly Fault[] = [];
  let seen: number[] = [];
  const waits = new Set<() => void>();
  return {
    rules: () => rules,
    set(next) {
      rules = next;
      seen = next.map(() => 0);
    },
    add(more) {
      rules = [...rules, ...more];
      seen.push(...more.map(() => 0));
    },
    match(call) {
      for (const [i, rule] of rules.entries()) {
        if (!matches(rule, call)) continue;
        const count = (seen[i] ?? 0) + 1;
        seen[i] = count;
        if (applies(rule, count)) return rule;
      }
      return undefined;
    },
    wait(milliseconds) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const finish = (isOver: boolean) => {
        clearTimeout(timer);
        waits.delete(end);
        resolve(isOver);
      };
      const end = () => finish(false);
      // Timers are limited to 24 days, which is longer than any test.
      const timer = setTimeout(finish, Math.min(milliseconds, longestTimer), true);
      waits.add(end);
      return promise;
    },
    end() {
      for (const end of [...waits]) end();
    },
  };
}

/** The cause of each error of a rule. */
export const faultReason = 'a fault rule of the emulator';

/** Creates the error of a rule, with the details that its code requires. */
export function faultError(code: ErrorCode): WireError {
  const reason = faultReason;
  const isThrottled = code.includes('Limit');
  const isDenied = code.endsWith('PermissionDenied');
  return wireError(code, {
    why: reason,
    fill: { reason },
    ...(isThrottled ? { retryAfter: 1 } : {}),
    ...(isDenied ? { requiredScopes: ['qyapi_robot_sendmsg'] } : {}),
  });
}

function matches(rule: Fault, call: MatchedCall): boolean {
  return (
    (rule.errcode === undefined || call.isOldHost) &&
    (rule.method === undefined ? call.method !== 'PUSH' : rule.method === call.method) &&
    (rule.robotCode === undefined || rule.robotCode === call.robotCode) &&
    (rule.path === undefined || matchesPath(rule.path, call.path))
  );
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}

function applies({ nth = 1, times = Number.POSITIVE_INFINITY }: Fault, count: number): boolean {
  return count >= nth && count < nth + times;
}
