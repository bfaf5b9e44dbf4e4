import type { Config } from '../config/options.ts';
import { migrateDatabase, moveDatabase, shownDatabase } from '../server.ts';
import type { Run } from './command.ts';
import { print, printJson } from './output.ts';
import { createProgressBar } from './progress.ts';

type Migrated = { readonly from: number; readonly to: number; readonly latest: number };

/**
 * `huizhi migrate`: upgrades the schema of a database. With `--check` it only prints the version, and returns 1 if the
 * schema is older or newer than this huizhi's. With `--from` and `--to` it copies all data from one database to
 * another.
 */
export const migrate: Run = async (config, log) => {
  if (config.from !== undefined && config.to !== undefined) return copyDatabase(config, config.from, config.to, log);
  const done = await migrateDatabase(config, log);
  if (config.json) printJson([done]);
  else print([describeMigration(config, done)]);
  return config.check && done.from !== done.latest ? 1 : 0;
};

function describeMigration({ database, check }: Config, { from, to, latest }: Migrated): string {
  const shown = shownDatabase(database);
  if (from === latest) return `${shown} is up to date (version ${latest}).`;
  if (from > latest)
    return `${shown} is at version ${from}, but this huizhi supports versions up to ${latest}: run a newer huizhi.`;
  if (check) return `${shown} is at version ${from}, but this huizhi needs ${latest}: run huizhi migrate.`;
  return `${shown} was upgraded from version ${from} to ${to}.`;
}

const labels = { copy: 'copying', compare: 'comparing' } as const;

async function copyDatabase(config: Config, from: string, to: string, log: Parameters<Run>[1]): Promise<number> {
  const bars = { copy: createProgressBar(labels.copy), compare: createProgressBar(labels.compare) };
  const end = () => {
    bars.copy.end();
    bars.compare.end();
  };
  try {
    const tables = await moveDatabase({ from, to, poolSize: config.poolSize }, ({ step, done, total }) =>
      bars[step].at(done, total),
    );
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    // Clears the bars before anything else is written to the terminal.
    end();
    log.info({ from: shownDatabase(from), to: shownDatabase(to), tables: tables.length }, 'moved');
    const text = `Copied ${shownDatabase(from)} to ${shownDatabase(to)}: ${rows} rows in ${tables.length} tables, compared and equal.`;
    if (config.json) printJson([{ rows, tables }]);
    else print([text]);
    return 0;
  } finally {
    end();
  }
}
