import type { Sql } from './postgres-query.ts';
import { type Statement, sql } from './sql.ts';

/** One channel for everything: a text is its topic, a space, and what is told. */
export const channel = 'huizhi';

/**
 * Notifies every process that listens on the database. Run it after the commit, not in the transaction: PostgreSQL commits transactions with a
 * NOTIFY one after the other, whatever they write.
 */
export const notify: Statement = sql('notify', 'select pg_notify($1, $2)');

/**
 * Hears what is told, over a connection of its own, which opens again whenever it is lost. `missed` is called each time it has, for nothing
 * is kept for a listener that is away.
 */
export async function listenPostgres(
  client: Sql,
  heard: (topic: string, text: string) => void,
  missed: () => void,
): Promise<() => Promise<void>> {
  let isFirst = true;
  const hear = (told: string) => {
    const space = told.indexOf(' ');
    heard(told.slice(0, space), told.slice(space + 1));
  };
  await client.listen(channel, hear, () => {
    if (!isFirst) missed();
    isFirst = false;
  });
  return () => client.end({ timeout: 1 });
}
