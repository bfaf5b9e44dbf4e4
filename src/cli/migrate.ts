import type { Config } from '../config/options.ts';
import { migrateDatabase, moveDatabase, shownDatabase } from '../server.ts';
import type { Run } from './command.ts';
import { print, printJson } from './output.ts';
import { progressBar } from './progress.ts';

type Migrated = { readonly from: number; readonly to: number; readonly latest: number };

/**
 * `huizhi migrate`: brings a database up to date; with `--check` only tells, and returns 1 when its schema is older or newer; with `--from` and `--to` copies
 * everything from one database to another.
 */
export const migrate: Run = async (config, log) => {
  if (config.from !== undefined && config.to !== undefined) return moveAll(config, config.from, config.to, log);
  const done = await migrateDatabase(config, log);
  if (config.json) printJson([done]);
  else print([report(config, done)]);
  return config.check && done.from !== done.latest ? 1 : 0;
};

function report({ database, check }: Config, { from, to, latest }: Migrated): string {
  const shown = shownDatabase(database);
  if (from === latest) return `${shown} is up to date (version ${latest}).`;
  if (from > latest)
    return `${shown} is at version ${from}, and this huizhi knows versions up to ${latest}: run a newer huizhi.`;
  if (check) return `${shown} is at version ${from}, this huizhi needs ${latest}: run huizhi migrate.`;
  return `${shown} went from version ${from} to ${to}.`;
}

const labels = { copy: 'copying', compare: 'comparing' } as const;

async function moveAll(config: Config, from: string, to: string, log: Parameters<Run>[1]): Promise<number> {
  const bars = { copy: progressBar(labels.copy), compare: progressBar(labels.compare) };
  const end = () => {
    bars.copy.end();
    bars.compare.end();
  };
  try {
    const tables = await moveDatabase({ from, to, poolSize: config.poolSize }, ({ step, done, total }) =>
      bars[step].at(done, total),
    );
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    // Before anything else is written: a bar shares its line with nothing.
    end();
    log.info({ from: shownDatabase(from), to: shownDatabase(to), tables: tables.length }, 'moved');
    const text = `${shownDatabase(from)} is now in ${shownDatabase(to)}: ${rows} rows in ${tables.length} tables, the same on both sides.`;
    if (config.json) printJson([{ rows, tables }]);
    else print([text]);
    return 0;
  } finally {
    end();
  }
}
