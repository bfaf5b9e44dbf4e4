/** Messages to groups: what `huizhi send`, `status` and `recall` do with `--group`. */
import { type Client, ClientError } from '../../client/index.ts';
import type { ClientConfig } from '../../config/read-client.ts';
import { escapeFormula, renderCsvRow } from '../../wire/csv.ts';
import { describeError, renderError } from '../advice.ts';
import { isOutputClosed, print, printJson, report } from '../output.ts';
import { connect } from './connect.ts';

/** Sends a message to a group and prints its key. Returns 0, or throws the error of the call. */
export async function sendToGroup(config: ClientConfig, openConversationId: string): Promise<number> {
  const { message, idempotencyKey, access, json } = config;
  if (!message) throw new Error('send without a message');
  const client = await connect(access);
  const more = idempotencyKey === undefined ? {} : { idempotencyKey };
  const { processQueryKey } = await client.sendToGroup({ ...message, ...more, openConversationId });
  if (json) printJson([{ processQueryKey, openConversationId }]);
  else print([processQueryKey]);
  report(['Sent to the group.']);
  return 0;
}

const csvHead = 'processQueryKey,userId';

/**
 * Prints which members have read messages to a group, in the order of reading. Returns 0 if every message could be
 * queried, else 1.
 */
export async function printReaders(
  config: ClientConfig,
  openConversationId: string,
  keys: readonly string[],
): Promise<number> {
  const { access, csv, json } = config;
  const client = await connect(access);
  let failed = 0;
  if (csv) print([csvHead]);
  for (const processQueryKey of keys) {
    if (isOutputClosed()) break;
    const message = { openConversationId, processQueryKey };
    try {
      const readers = await listReaders(client, message);
      if (json) printJson([{ ...message, readers }]);
      else if (csv) print(readers.map((userId) => renderCsvRow([processQueryKey, escapeFormula(userId)])));
      else print([`${processQueryKey}  read by ${readers.length}`, ...readers.map((userId) => `  ${userId}`)]);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      failed++;
      if (json) printJson([{ ...message, error: renderError(error) }]);
      report([`${processQueryKey}: ${describeError(error, access)}`]);
    }
  }
  return failed > 0 ? 1 : 0;
}

/** Lists the userIds of all readers of a message to a group. */
export async function listReaders(client: Client, ...query: Parameters<Client['readers']>): Promise<readonly string[]> {
  const userIds: string[] = [];
  for await (const { userId } of client.readers(...query)) userIds.push(userId);
  return userIds;
}
