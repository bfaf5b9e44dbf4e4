import { isIP } from 'node:net';
import type { Config } from './options.ts';
import { UsageError } from './values.ts';
import { describeWeakness } from './weak-secrets.ts';

type Source = (name: string) => string;

/**
 * Refuses options of which each is right, but not together.
 *
 * @param source returns where an option was given, such as its flag, for the message
 * @throws UsageError
 */
export function refuseContradictions(config: Config, source: Source): void {
  if (config.command === 'dev' && !isLoopback(config.host))
    throw new UsageError(
      `${source('host')} ${config.host}: dev lets everyone sign in, so it listens on loopback addresses only. To serve other machines, use huizhi serve.`,
    );
  refuseGuessableSecrets(config, source);
  refuseHalfMove(config);
  refuseToDistribute(config, source);
  if (config.backups && (config.database === ':memory:' || config.database.includes('://')))
    throw new UsageError(`${source('backupDir')}: the server backs up SQLite files only; use the tools of PostgreSQL.`);
  if (['backup', 'restore', 'verify'].includes(config.command) && config.database === ':memory:')
    throw new UsageError(`${source('database')}: a database in memory ends with its process; name a file.`);
  if (config.retention < config.readWindow)
    throw new UsageError(
      `${source('retention')}: the retention must be at least as long as the read window (--read-window).`,
    );
}

function refuseHalfMove({ from, to, check }: Config): void {
  if (from === undefined && to === undefined) return;
  if (to === undefined) throw new UsageError('--from names the database to copy; --to is also required.');
  if (from === undefined) throw new UsageError('--to names the target of a copy; --from is also required.');
  if (from === to) throw new UsageError('--from and --to name the same database.');
  if (from === ':memory:' || to === ':memory:')
    throw new UsageError('A database in memory ends with the command; name a file or postgres://.');
  if (check) throw new UsageError('--check only checks one database; omit it to copy one.');
}

function refuseToDistribute({ command, database }: Config, source: Source): void {
  if (command !== 'distribute' || /^postgres(ql)?:\/\//i.test(database)) return;
  throw new UsageError(
    `${source('database')}: huizhi distribute needs the coordinator of a Citus cluster, such as postgres://user:password@host/name.`,
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function refuseGuessableSecrets(config: Config, source: Source): void {
  if (config.command !== 'serve') return;
  for (const name of ['secret', 'adminToken', 'metricsToken'] as const) {
    const why = config[name] === undefined ? undefined : describeWeakness(config[name]);
    if (why !== undefined) throw new UsageError(`${source(name)} ${why}`);
  }
}
