import { type FailedChunk, SendError, type SendResult, type SentMessage } from '../../client/index.ts';
import type { ClientConfig } from '../../config/read-client.ts';
import { describeError } from '../advice.ts';
import type { ClientRun } from '../command.ts';
import { print, printJson, report } from '../output.ts';
import { createProgressBar } from '../progress.ts';
import { connect } from './connect.ts';
import { sendToGroup } from './groups.ts';
import { readRecipients } from './recipients.ts';

/**
 * `huizhi send`: sends a message to a group, or in parts of up to 20 users. Returns 0 if every part was accepted; 1 if a part failed
 * or no user got the message. On Ctrl+C it prints the parts accepted so far.
 */
export const send: ClientRun = async (config) => {
  const { message, idempotencyKey, access, group } = config;
  if (group !== undefined) return sendToGroup(config, group);
  if (!message) throw new Error('send without a message');
  const to = await readRecipients(config);
  const client = await connect(access);
  const progress = createProgressBar('sending');
  const more = idempotencyKey === undefined ? {} : { idempotencyKey };
  const accepted: SentMessage[] = [];
  const { signal, ...interruption } = createInterruptSignal();
  const sent = (one: SentMessage) => void accepted.push(one);
  try {
    const result = await client.send({ ...message, ...more, to, signal, sent, progress: progress.at });
    return reportResult(config, result, progress.end);
  } catch (error) {
    if (signal.aborted) return reportInterrupted(config, accepted, progress.end);
    if (!(error instanceof SendError)) throw error;
    return reportResult(config, error.result, progress.end);
  } finally {
    progress.end();
    interruption.ignore();
  }
};

/** Creates an AbortSignal that aborts on the first Ctrl+C; a second Ctrl+C ends the process as usual. */
function createInterruptSignal(): { readonly signal: AbortSignal; ignore(): void } {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  return { signal: stop.signal, ignore: () => void process.off('SIGINT', interrupt) };
}

function reportResult({ json, access, idempotencyKey }: ClientConfig, result: SendResult, clear: () => void): number {
  clear();
  const { messages, invalid, flowControlled, filtered, failed } = result;
  const reached = printKeys(messages, json);
  if (json) printJson([{ invalid, flowControlled, filtered, failed: failed.map(renderFailedChunk) }]);
  report([`Sent to ${formatUserCount(reached)}.`]);
  reportSkipped('unknown to the organization', invalid);
  reportSkipped('over the flow limit of the robot', flowControlled);
  reportSkipped('who have blocked the robot', filtered);
  report(failed.map((chunk) => `${describeOutcome(chunk)} ${describeError(chunk.error, access)}`));
  if (failed.some(({ outcome: what }) => what === 'unknown')) report([describeRepeat(idempotencyKey)]);
  return failed.length > 0 || reached === 0 ? 1 : 0;
}

function reportInterrupted({ json }: ClientConfig, accepted: readonly SentMessage[], clear: () => void): number {
  clear();
  const reached = printKeys(accepted, json);
  report([
    `Interrupted: sent to ${formatUserCount(reached)} before that; requests in progress may also have been accepted.`,
  ]);
  return 1;
}

/** Prints the key of each message; returns the number of users that these messages are sent to. */
function printKeys(messages: readonly SentMessage[], json: boolean): number {
  if (json) printJson(messages.map(({ processQueryKey, userIds }) => ({ processQueryKey, userIds })));
  else print(messages.map(({ processQueryKey }) => processQueryKey));
  return messages.reduce((count, { userIds }) => count + userIds.length, 0);
}

function describeRepeat(idempotencyKey: string | undefined): string {
  return idempotencyKey === undefined
    ? 'If you send again, they may get the message twice. With --idempotency-key a send to a huizhi server is safe to repeat.'
    : 'It is safe to repeat this send with the same --idempotency-key on a huizhi server.';
}

const renderFailedChunk = ({ userIds, outcome: what, error: { code, requestId } }: FailedChunk) => ({
  userIds,
  outcome: what,
  code,
  requestId,
});

const formatUserCount = (count: number) => `${count} user${count === 1 ? '' : 's'}`;

function reportSkipped(who: string, userIds: readonly string[]): void {
  if (userIds.length > 0) report([`Not to ${formatUserCount(userIds.length)} ${who}: ${userIds.join(', ')}`]);
}

function describeOutcome({ outcome: what, userIds }: FailedChunk): string {
  const who = `${formatUserCount(userIds.length)} (${userIds[0]}${userIds.length > 1 ? ` … ${userIds.at(-1)}` : ''})`;
  if (what === 'unknown') return `Unknown whether sent to ${who}:`;
  return what === 'refused' ? `Not sent to ${who}:` : `Not tried for ${who}:`;
}
