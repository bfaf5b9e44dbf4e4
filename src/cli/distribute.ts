import { type Distribution, distributeDatabase, shownDatabase } from '../server.ts';
import type { Run } from './command.ts';
import { print, printJson } from './output.ts';
import { createProgressBar } from './progress.ts';

/**
 * `huizhi distribute`: distributes the tables of a database over the nodes of a Citus cluster. Running it again changes
 * nothing, and continues after an interruption.
 */
export const distribute: Run = async (config, log) => {
  const bar = createProgressBar('distributing');
  let count = 0;
  try {
    const done = await distributeDatabase(config, (table, total) => {
      bar.at(++count, total);
      log.debug(table, table.done ? 'distributed' : 'was distributed already');
    });
    bar.end();
    const { tables, ...places } = done;
    log.info({ database: shownDatabase(config.database), tables: tables.length, ...places }, 'distributed');
    if (config.json) printJson([done]);
    else print(describeDistribution(shownDatabase(config.database), done));
    return 0;
  } finally {
    bar.end();
  }
};

function describeDistribution(database: string, { tables, nodes, shards }: Distribution): readonly string[] {
  const countOf = (wanted: string) => tables.filter(({ role }) => role === wanted).length;
  const now = tables.filter(({ done }) => done).length;
  const before = tables.length - now;
  return [
    before === tables.length
      ? `${database} is distributed already: nothing to do.`
      : `Distributed ${now} tables of ${database}${before > 0 ? `; ${before} were distributed already` : ''}.`,
    `${countOf('distributed')} tables are distributed by organization, in ${shards} shards; ${countOf('reference')} are on every node.`,
    `Nodes with shards: ${nodes.join(', ')}.`,
  ];
}
