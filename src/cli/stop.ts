import { constants } from 'node:os';
import type { Log } from '../log.ts';
import type { Running } from '../server.ts';

/** npm passes on the Ctrl+C that the terminal has sent to both: within this many milliseconds it is the same one. */
const echo = 300;

/** Becomes the first SIGINT or SIGTERM; a second one, for people who will not wait, ends the process at once. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const arrived = (signal: NodeJS.Signals) => {
      if (first !== undefined && performance.now() - first > echo) process.exit(128 + constants.signals[signal]);
      first ??= performance.now();
      resolve(signal);
    };
    process.on('SIGINT', arrived);
    process.on('SIGTERM', arrived);
  });
}

/** Waits for the signal, then lets requests in flight finish and closes the store. */
export async function runUntil(stopped: Promise<NodeJS.Signals>, running: Running, log: Log): Promise<number> {
  const signal = await stopped;
  log.info({ signal }, 'closing: requests in flight finish first');
  await running.close();
  log.info({}, 'closed');
  return 0;
}
