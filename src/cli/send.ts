import { type FailedChunk, SendError, type SendResult, type SentMessage } from '../client/index.ts';
import { UsageError } from '../config/options.ts';
import type { ClientConfig } from '../config/read-client.ts';
import { tell } from './advice.ts';
import type { ClientRun } from './command.ts';
import { connect } from './connect.ts';
import { linesOf } from './input.ts';
import { print, printJson, report } from './output.ts';
import { progressBar } from './progress.ts';

/** `huizhi send`: 0 when every part was accepted, 1 when one was not or nobody got the message. Ctrl+C prints what was accepted until then. */
export const send: ClientRun = async (config) => {
  const { message, idempotencyKey, access } = config;
  if (!message) throw new Error('send without a message');
  const to = await recipientsOf(config);
  const client = await connect(access);
  const progress = progressBar('sending');
  const more = idempotencyKey === undefined ? {} : { idempotencyKey };
  const accepted: SentMessage[] = [];
  const { signal, ...interruption } = untilInterrupted();
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

/** A signal that aborts with the first Ctrl+C; a second one ends the process as usual. */
function untilInterrupted(): { readonly signal: AbortSignal; ignore(): void } {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  return { signal: stop.signal, ignore: () => void process.off('SIGINT', interrupt) };
}

/** The users of `--to` and of the first column of the file; a heading `userId` is none. */
async function recipientsOf({ to, toFile }: ClientConfig): Promise<readonly string[]> {
  const lines = toFile === undefined ? [] : await linesOf(toFile, '--to-file');
  const listed = lines.map((line) => (line.split(/[,;\t]/)[0] ?? '').trim().replace(/^"(.*)"$/, '$1'));
  const all = [...to, ...listed.filter((userId) => userId !== '' && userId.toLowerCase() !== 'userid')];
  if (all.length > 0) return all;
  const source = toFile === '-' ? 'standard input' : JSON.stringify(toFile ?? '');
  throw new UsageError(`--to-file: ${source} names nobody: put a userId at the beginning of each line.`);
}

function reportResult({ json, access, idempotencyKey }: ClientConfig, result: SendResult, clear: () => void): number {
  clear();
  const { messages, invalid, flowControlled, filtered, failed } = result;
  const reached = printKeys(messages, json);
  if (json) printJson([{ invalid, flowControlled, filtered, failed: failed.map(plain) }]);
  report([`Sent to ${counted(reached)}.`]);
  left('unknown to the organization', invalid);
  left('over the flow limit of the robot', flowControlled);
  left('who have blocked the robot', filtered);
  report(failed.map((chunk) => `${outcome(chunk)} ${tell(chunk.error, access)}`));
  if (failed.some(({ outcome: what }) => what === 'unknown')) report([repeating(idempotencyKey)]);
  return failed.length > 0 || reached === 0 ? 1 : 0;
}

function reportInterrupted({ json }: ClientConfig, accepted: readonly SentMessage[], clear: () => void): number {
  clear();
  const reached = printKeys(accepted, json);
  report([`Interrupted: sent to ${counted(reached)} until then; whether what was under way has arrived is not known.`]);
  return 1;
}

/** Prints the key of each message; answers how many users they have reached. */
function printKeys(messages: readonly SentMessage[], json: boolean): number {
  if (json) printJson(messages.map(({ processQueryKey, userIds }) => ({ processQueryKey, userIds })));
  else print(messages.map(({ processQueryKey }) => processQueryKey));
  return messages.reduce((count, { userIds }) => count + userIds.length, 0);
}

function repeating(idempotencyKey: string | undefined): string {
  return idempotencyKey === undefined
    ? 'Sending again may reach them twice; a send with --idempotency-key can be repeated at a huizhi.'
    : 'With the same --idempotency-key a huizhi sends nothing twice.';
}

const plain = ({ userIds, outcome: what, error: { code, requestId } }: FailedChunk) => ({
  userIds,
  outcome: what,
  code,
  requestId,
});

const counted = (count: number) => `${count} user${count === 1 ? '' : 's'}`;

function left(who: string, userIds: readonly string[]): void {
  if (userIds.length > 0) report([`Not to ${counted(userIds.length)} ${who}: ${userIds.join(', ')}`]);
}

function outcome({ outcome: what, userIds }: FailedChunk): string {
  const who = `${counted(userIds.length)} (${userIds[0]}${userIds.length > 1 ? ` … ${userIds.at(-1)}` : ''})`;
  if (what === 'unknown') return `Whether ${who} got it is not known:`;
  return what === 'refused' ? `Not sent to ${who}:` : `Not tried for ${who}:`;
}
