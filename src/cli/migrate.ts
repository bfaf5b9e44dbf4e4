import type { Config } from '../config.ts';
import { migrateDatabase } from '../server.ts';
import type { Run } from './run.ts';

type Migrated = { readonly from: number; readonly to: number; readonly latest: number };

/** `huizhi migrate`: brings a database up to date; with `--check` only tells, and answers 1 when it is behind. */
export const migrate: Run = async (config, log) => {
  const done = await migrateDatabase(config, log);
  process.stdout.write(config.json ? `${JSON.stringify(done)}\n` : `${report(config, done)}\n`);
  return config.check && done.from < done.latest ? 1 : 0;
};

function report({ database, check }: Config, { from, to, latest }: Migrated): string {
  if (from === latest) return `${database} is up to date (version ${latest}).`;
  if (check) return `${database} is at version ${from}, this huizhi needs ${latest}: run huizhi migrate.`;
  return `${database} went from version ${from} to ${to}.`;
}
