/**
 * `huizhi/emulator`: the emulator in the process of a test: `await using huizhi = await startEmulator()`. It is the
 * server of `huizhi dev` with an in-memory database, and with a clock, readers and faults that the test controls.
 */
import type { Emulator, EmulatorOptions } from './types.ts';

export { demoSetup } from '../config/demo.ts';
export type {
  Setup,
  SetupApp,
  SetupCardTemplate,
  SetupCustomRobot,
  SetupDepartment,
  SetupEndpoint,
  SetupNoticeTemplate,
  SetupOrganization,
  SetupRobot,
  SetupUser,
} from '../config/setup.ts';
export type { Card, CardClick, CardCondition, CardOptions, EmulatorCards } from './card-types.ts';
export { EmulatorError } from './error.ts';
export type { EmulatorEvent, EventFilter } from './event-types.ts';
export type { MessageFilter, SentMessage } from './message-types.ts';
export type { Reply, ReplyFilter, Said, SayContent, SayOptions } from './talk-types.ts';
export type {
  Department,
  DingDelivery,
  DingFilter,
  DingQuotas,
  Duration,
  Emulator,
  EmulatorClock,
  EmulatorOptions,
  FaultRule,
  Group,
  GroupOptions,
  Person,
  ReaderRule,
  ReadManner,
  ReadMark,
  RequestRecord,
  Snapshot,
  UploadOptions,
  WaitOptions,
  Webhook,
  WebhookOptions,
  WorkNotice,
  WorkNoticeFilter,
  WorkNoticeResult,
} from './types.ts';

/**
 * Starts an emulator in this process, with the data of its setup only. Rejects with a TypeError for an invalid setup,
 * with a UsageError for an unknown or invalid option, and with a ListenError if it cannot listen on the port.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  loading ??= suppressSqliteWarning(() => import('./start.ts'));
  return (await loading).run(options);
}

/**
 * Loaded once for all emulators. If two concurrent starts both replaced `process.emitWarning`, the second would restore
 * the replacement of the first.
 */
let loading: Promise<typeof import('./start.ts')> | undefined;

/**
 * Suppresses the warning that node:sqlite is experimental, which early Node releases print into the output of a test.
 */
async function suppressSqliteWarning<T>(load: () => Promise<T>): Promise<T> {
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
