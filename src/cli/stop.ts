import { constants } from 'node:os';
import type { Log } from '../log.ts';
import type { Running } from '../server.ts';

/**
 * Milliseconds. npm forwards the Ctrl+C that the terminal already sent to this process; a second signal within this
 * time is that copy.
 */
const echo = 300;

/**
 * Resolves with the first SIGINT or SIGTERM. A second signal exits the process immediately with code 128 + signal
 * number.
 */
export function waitForStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (signal: NodeJS.Signals) => {
      if (first !== undefined && performance.now() - first > echo) process.exit(128 + constants.signals[signal]);
      first ??= performance.now();
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
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
