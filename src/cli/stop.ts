import { constants } from 'node:os';
import type { Log } from '../log.ts';
import type { Running } from '../server.ts';

/**
 * Milliseconds. npm forwards the Ctrl+C that the terminal already sent to this process; a second signal within this
 * time is that copy.
 */
const echo = 300;

/** The signals that stop this process. */
type StopSignals = {
  /** Resolves with the first SIGINT or SIGTERM. */
  readonly first: Promise<NodeJS.Signals>;
  /** Resolves after some milliseconds, or with the next signal. */
  pause(milliseconds: number): Promise<void>;
};

/**
 * Listens for SIGINT and SIGTERM. A signal after the first one ends a pause; without one, it exits the process
 * immediately with code 128 + signal number.
 */
export function listenForStopSignals(): StopSignals {
  const { promise: first, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let last: number | undefined;
  let endPause: (() => void) | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    const isEcho = last !== undefined && performance.now() - last <= echo;
    if (isEcho) return;
    const isFirst = last === undefined;
    last = performance.now();
    if (isFirst) resolve(signal);
    else if (endPause) endPause();
    else process.exit(128 + constants.signals[signal]);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    first,
    async pause(milliseconds) {
      const { promise, resolve: end } = Promise.withResolvers<void>();
      const timer = setTimeout(end, milliseconds);
      endPause = end;
      await promise;
      clearTimeout(timer);
      endPause = undefined;
    },
  };
}

/** Resolves when standard input ends: its writer has closed it, or has ended itself. */
export function waitForEndOfInput(): Promise<'end of input'> {
  return new Promise((resolve) => {
    const onEnd = () => resolve('end of input');
    const stdin = process.stdin.on('end', onEnd).on('error', onEnd).resume();
    // After a stop signal, input that is still open must not keep the process alive.
    if ('unref' in stdin) stdin.unref();
  });
}

/**
 * Waits for the first signal, then for a time in which /readyz returns 503 and requests are served. A second signal
 * ends this time. Resolves with the first signal.
 */
export async function drain(
  { first, pause }: StopSignals,
  milliseconds: number,
  running: Running,
  log: Log,
): Promise<NodeJS.Signals> {
  const signal = await first;
  if (milliseconds === 0) return signal;
  running.startDraining();
  log.info({ signal, milliseconds }, 'draining: /readyz returns 503, requests are still served');
  await pause(milliseconds);
  return signal;
}

/** Waits for the signal, then closes the server: requests in flight finish first. Resolves to exit code 0. */
export async function runUntil(
  stopped: Promise<NodeJS.Signals | 'end of input'>,
  running: Running,
  log: Log,
): Promise<number> {
  const signal = await stopped;
  log.info({ signal }, 'closing: requests in flight finish first');
  await running.close();
  log.info({}, 'closed');
  return 0;
}
