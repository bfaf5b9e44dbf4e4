import type { Config } from '../config/options.ts';
import type { ClientConfig } from '../config/read-client.ts';
import type { Log } from '../log.ts';

/** A command that runs a server or works on its database: returns the exit code. */
export type Run = (config: Config, log: Log) => Promise<number>;

/** A command that calls a server: returns the exit code. */
export type ClientRun = (config: ClientConfig) => Promise<number>;
