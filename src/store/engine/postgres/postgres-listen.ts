import { type Statement, sql } from '../sql.ts';
import type { Sql } from './postgres-query.ts';

/** The one channel for all notifications. A payload is the topic, a space, and the text. */
export const channel = 'huizhi';

/**
 * Publishes a payload on a channel, to all processes that listen. Run it after the commit, not in the transaction:
 * PostgreSQL commits transactions with a NOTIFY one after the other, whatever they write.
 */
export const notify: Statement = sql('notify', 'select pg_notify($1, $2)');

/**
 * Listens for notifications on a connection of its own, which reconnects when it is lost. `onMissed` is called after
 * each reconnection, since notifications sent meanwhile are lost. Resolves with a function that stops listening.
 */
export async function listenPostgres(
  client: Sql,
  onText: (topic: string, text: string) => void,
  onMissed: () => void,
): Promise<() => Promise<void>> {
  let isFirst = true;
  const onPayload = (told: string) => {
    const space = told.indexOf(' ');
    onText(told.slice(0, space), told.slice(space + 1));
  };
  await client.listen(channel, onPayload, () => {
    if (!isFirst) onMissed();
    isFirst = false;
  });
  return () => client.end({ timeout: 1 });
}
