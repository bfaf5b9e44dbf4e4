/** `huizhi`: runs the server inside another program, with the options of `huizhi serve`. */

export { type Config, UsageError } from './config/options.ts';
export { type Flags, readConfig } from './config/read.ts';
export type { Setup } from './config/setup.ts';
export { createLog, type Log, silentLog } from './log.ts';
export { type Running, start, version } from './server.ts';
