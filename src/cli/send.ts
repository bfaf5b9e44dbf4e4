import { type FailedChunk, SendError, type SendResult } from '../client/index.ts';
import type { ClientConfig } from '../config-client-read.ts';
import { tell } from './advice.ts';
import { connect } from './connect.ts';
import { linesOf } from './input.ts';
import { progressBar } from './progress.ts';
import type { ClientRun } from './run-client.ts';

/** `huizhi send`: 0 when every part was accepted, 1 when one was not or nobody got the message. */
export const send: ClientRun = async (config) => {
  const { message, idempotencyKey, access } = config;
  if (!message) throw new Error('send without a message');
  const to = await recipientsOf(config);
  const client = await connect(access);
  const progress = progressBar('sending');
  const more = idempotencyKey === undefined ? {} : { idempotencyKey };
  try {
    return report(config, await client.send({ ...message, ...more, to, progress: progress.at }), progress.end);
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    return report(config, error.result, progress.end);
  } finally {
    progress.end();
  }
};

/** The users of `--to` and of the first column of the file; a heading `userId` is none. */
async function recipientsOf({ to, toFile }: ClientConfig): Promise<readonly string[]> {
  const lines = toFile === undefined ? [] : await linesOf(toFile, '--to-file');
  const listed = lines.map((line) => (line.split(/[,;\t]/)[0] ?? '').trim().replace(/^"(.*)"$/, '$1'));
  return [...to, ...listed.filter((userId) => userId !== '' && userId.toLowerCase() !== 'userid')];
}

function report({ json, access }: ClientConfig, result: SendResult, clear: () => void): number {
  clear();
  const { messages, invalid, flowControlled, filtered, failed } = result;
  for (const { processQueryKey, userIds } of messages)
    process.stdout.write(json ? `${JSON.stringify({ processQueryKey, userIds })}\n` : `${processQueryKey}\n`);
  if (json)
    process.stdout.write(`${JSON.stringify({ invalid, flowControlled, filtered, failed: failed.map(plain) })}\n`);
  const reached = messages.reduce((count, { userIds }) => count + userIds.length, 0);
  process.stderr.write(`Sent to ${counted(reached)}.\n`);
  left('unknown to the organization', invalid);
  left('over the flow limit of the robot', flowControlled);
  left('who have muted the robot', filtered);
  for (const chunk of failed) process.stderr.write(`${outcome(chunk)} ${tell(chunk.error, access)}\n`);
  return failed.length > 0 || reached === 0 ? 1 : 0;
}

const plain = ({ userIds, outcome: what, error: { code, requestId } }: FailedChunk) => ({
  userIds,
  outcome: what,
  code,
  requestId,
});

const counted = (count: number) => `${count} user${count === 1 ? '' : 's'}`;

function left(who: string, userIds: readonly string[]): void {
  if (userIds.length > 0) process.stderr.write(`Not to ${counted(userIds.length)} ${who}: ${userIds.join(', ')}\n`);
}

function outcome({ outcome: what, userIds }: FailedChunk): string {
  const who = `${counted(userIds.length)} (${userIds[0]}${userIds.length > 1 ? ` … ${userIds.at(-1)}` : ''})`;
  if (what === 'unknown') return `Whether ${who} got it is not known:`;
  return what === 'refused' ? `Not sent to ${who}:` : `Not tried for ${who}:`;
}
