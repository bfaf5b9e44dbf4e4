import { type ErrorCode, type WireError, wireError } from '../../wire/errors.ts';
import { longestTimer } from '../../wire/limits.ts';

/** One fault: what it matches, and what it does. Latency is in milliseconds and goes with any of the others. */
export type Fault = {
  readonly path?: string | undefined;
  readonly method?: string | undefined;
  readonly robotCode?: string | undefined;
  /** Begins with the nth matching call (from 1), and ends after so many. */
  readonly nth?: number | undefined;
  readonly times?: number | undefined;
  readonly error?: ErrorCode | undefined;
  /** With an error: the call succeeds, and these keys of a recall (all if true) fail with the error as their reason. */
  readonly failedKeys?: true | readonly string[] | undefined;
  readonly latency?: number | undefined;
  readonly drop?: true | undefined;
};

/** What a rule looks at. */
export type Matched = { readonly method: string; readonly path: string; readonly robotCode: string | undefined };

/** The rules in force, with how often each has matched; replaced as a whole. */
export type Faults = {
  readonly rules: () => readonly Fault[];
  set(rules: readonly Fault[]): void;
  /** The first rule that matches and is in its turn. */
  match(call: Matched): Fault | undefined;
  /** Waits for a latency, in real time: a frozen clock must not hold the connection. Resolves with false when the emulator ends before. */
  wait(milliseconds: number): Promise<boolean>;
  /** Ends every wait, so that none outlives the emulator and keeps its process. */
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
    match(call) {
      for (const [i, rule] of rules.entries()) {
        if (!matches(rule, call)) continue;
        const count = (seen[i] ?? 0) + 1;
        seen[i] = count;
        if (isInTurn(rule, count)) return rule;
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
      // 24 days are longer than any test.
      const timer = setTimeout(finish, Math.min(milliseconds, longestTimer), true);
      waits.add(end);
      return promise;
    },
    end() {
      for (const end of [...waits]) end();
    },
  };
}

/** The error that a rule answers. */
export function faultError(code: ErrorCode): WireError {
  const reason = 'a fault rule of the emulator';
  const isThrottled = code.includes('Limit');
  const isDenied = code.endsWith('PermissionDenied');
  return wireError(code, {
    why: reason,
    fill: { reason },
    ...(isThrottled ? { retryAfter: 1 } : {}),
    ...(isDenied ? { requiredScopes: ['qyapi_robot_sendmsg'] } : {}),
  });
}

function matches(rule: Fault, call: Matched): boolean {
  return (
    (rule.method === undefined || rule.method === call.method) &&
    (rule.robotCode === undefined || rule.robotCode === call.robotCode) &&
    (rule.path === undefined || matchesPath(rule.path, call.path))
  );
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}

function isInTurn({ nth = 1, times = Number.POSITIVE_INFINITY }: Fault, count: number): boolean {
  return count >= nth && count < nth + times;
}
