/**
 * huizhi inside a test runner: `await using huizhi = await startEmulator()`. The same server as `huizhi dev`, in memory, in this
 * process, with a clock, readers and faults that the test controls.
 */
import type { Setup } from '../config/file.ts';
import type { Emulator } from './types.ts';

export { demoSetup } from '../config/demo.ts';
export type { Setup, SetupApp, SetupOrganization, SetupRobot, SetupUser } from '../config/file.ts';
export { EmulatorError } from './error.ts';
export type {
  Duration,
  Emulator,
  EmulatorClock,
  FaultRule,
  MessageFilter,
  ReaderRule,
  ReadManner,
  ReadMark,
  RequestRecord,
  SentMessage,
  Snapshot,
  WaitOptions,
} from './types.ts';

/** How an emulator is started; everything may be left out. */
export type EmulatorOptions = {
  /** Organizations, users, apps and robots, as in a configuration file; `demoSetup` if absent. */
  readonly setup?: Setup;
  /** Makes ids, tokens, keys and times the same in every run; the clock is then frozen at `now` unless `frozen` is false. */
  readonly seed?: string | number;
  /** Where the clock begins, as a Date or epoch milliseconds; the machine's time, or with a seed 2026-01-05T01:00:00Z. */
  readonly now?: Date | number;
  /** Whether the clock is frozen until the test moves it; true with a seed. */
  readonly frozen?: boolean;
  /** false: no socket at all, everything goes through `fetch`. */
  readonly socket?: boolean;
  /** The port on 127.0.0.1; a free one if absent. */
  readonly port?: number;
  /** How long readStatus answers after the send, such as `24h`. */
  readonly readWindow?: string;
  /** How readStatus writes readTimestamp. */
  readonly readTimestamp?: 'seconds' | 'milliseconds' | 'off';
  /** Calls a second for each app and API; 0 is no limit. */
  readonly qpsLimit?: number;
};

/**
 * Starts a huizhi of its own in this process, empty but for its setup. Rejects with a TypeError for a setup that contradicts
 * itself, with a UsageError for an option out of range, and with node's error when the port is taken.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  loaded ??= withoutSqliteWarning(() => import('./start.ts'));
  return (await loaded).run(options);
}

/** Loaded once, for all that start at the same time: two that change a function of the process in turn would not put it back. */
let loaded: Promise<typeof import('./start.ts')> | undefined;

/** The first releases of Node's SQLite announce themselves as experimental when they are loaded; a test's output is no place for that. */
async function withoutSqliteWarning<T>(load: () => Promise<T>): Promise<T> {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!/^SQLite is an experimental feature/.test(String(warning))) emitWarning.call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    return await load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
