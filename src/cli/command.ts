import type { Config } from '../config/options.ts';
import type { ClientConfig } from '../config/read-client.ts';
import type { Log } from '../log.ts';

/** A server command, with what it was given besides options; resolves to the exit code. */
export type Run = (config: Config, log: Log, operands: readonly string[]) => Promise<number>;

/** A command that calls a server through the client; resolves to the exit code. */
export type ClientRun = (config: ClientConfig) => Promise<number>;
