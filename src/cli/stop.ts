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

/** Waits for the signal, then closes the server: requests in flight finish first. Resolves to exit code 0. */
export async function runUntil(stopped: Promise<NodeJS.Signals>, running: Running, log: Log): Promise<number> {
  const signal = await stopped;
  log.info({ signal }, 'closing: requests in flight finish first');
  await running.close();
  log.info({}, 'closed');
  return 0;
}
