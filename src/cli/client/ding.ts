import { type Client, ClientError } from '../../client/index.ts';
import { UsageError } from '../../config/options.ts';
import type { ClientConfig } from '../../config/read-client.ts';
import { describeError, renderError } from '../advice.ts';
import type { ClientRun } from '../command.ts';
import { readLines } from '../input.ts';
import { print, printJson, report } from '../output.ts';
import { renderTable } from '../table.ts';
import { connect } from './connect.ts';
import { readRecipients } from './recipients.ts';

/**
 * `huizhi ding`: sends a DING and prints its openDingId; with `--status` prints who has read DINGs, with `--recall`
 * recalls them. Returns 0 if everything succeeded and somebody got the DING, else 1.
 */
export const ding: ClientRun = async (config) => {
  if (config.ding?.action === 'send') return send(config, config.ding);
  const ids = await readIds(config);
  const client = await connect(config.access);
  const run = config.ding?.action === 'recall' ? recallOne : showOne;
  let failed = 0;
  for (const openDingId of ids) {
    try {
      await run(client, openDingId, config);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      failed++;
      if (config.json) printJson([{ openDingId, error: renderError(error) }]);
      report([`${openDingId}: ${describeError(error, config.access)}`]);
    }
  }
  return failed > 0 ? 1 : 0;
};

type Sending = Extract<NonNullable<ClientConfig['ding']>, { action: 'send' }>;

async function send(config: ClientConfig, { text, channel, voice }: Sending): Promise<number> {
  const to = await readRecipients(config);
  const client = await connect(config.access);
  const { idempotencyKey } = config;
  const sent = await client.ding.send({
    to,
    text,
    channel,
    ...(voice === undefined ? {} : { voice }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });
  if (config.json) printJson([sent]);
  else print([sent.openDingId]);
  report([`Sent to ${sent.userIds.length} user${sent.userIds.length === 1 ? '' : 's'}.`]);
  report(sent.failed.map(({ userId, reason }) => `Not to ${userId}: ${reason}`));
  return sent.userIds.length === 0 ? 1 : 0;
}

/** Returns the distinct openDingIds of the command line; `-` reads more from standard input. */
async function readIds({ operands }: ClientConfig): Promise<readonly string[]> {
  const lists = await Promise.all(operands.map(async (one) => (one === '-' ? readLines(one, '-') : [one])));
  const ids = new Set(lists.flat().flatMap((line) => line.trim().split(/\s/)[0] || []));
  if (ids.size === 0) throw new UsageError('There is no openDingId: huizhi ding prints one for each DING.');
  return [...ids];
}

async function recallOne(client: Client, openDingId: string, { json }: ClientConfig): Promise<void> {
  await client.ding.recall(openDingId);
  if (json) printJson([{ openDingId, recalled: true }]);
  else print(renderTable([[openDingId, 'recalled']]));
}

async function showOne(client: Client, openDingId: string, { json }: ClientConfig): Promise<void> {
  const receivers = await client.ding.readStatus(openDingId);
  if (json) return printJson([{ openDingId, receivers }]);
  const read = receivers.filter((one) => one.read).length;
  const rows = receivers.map((one) => [one.userId, one.read ? 'READ' : 'UNREAD']);
  const body = rows.length === 0 ? [] : renderTable([['userId', 'status'], ...rows]);
  print([`${openDingId}  ${read} of ${receivers.length} read`, ...body.map((line) => `  ${line}`)]);
}
