/**
 * huizhi inside a test runner: `await using huizhi = await startEmulator()`. The same server as `huizhi dev`, in memory, in this
 * process, with a clock, readers and faults that the test controls.
 */
import type { Emulator, EmulatorOptions } from './types.ts';

export { demoSetup } from '../config/demo.ts';
export type { Setup, SetupApp, SetupOrganization, SetupRobot, SetupUser } from '../config/setup.ts';
export { EmulatorError } from './error.ts';
export type {
  Duration,
  Emulator,
  EmulatorClock,
  EmulatorOptions,
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
