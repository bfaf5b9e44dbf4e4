import { maxRecallKeys } from '../wire/limits.ts';
import { createAnswerReader } from './answer.ts';
import type { Caller } from './call.ts';
import { checkValue, filledStrings } from './check.ts';
import type { ApiCode, ClientError } from './errors.ts';
import type { CallOptions } from './options.ts';
import { mapConcurrently, splitIntoChunks } from './pace.ts';
import { toClientError } from './retry.ts';

/** The result of a recall. Every key is in exactly one of the two lists. */
export type RecallResult = {
  /** processQueryKeys of messages that are recalled, now or by an earlier call. */
  readonly recalled: readonly string[];
  readonly failed: readonly {
    readonly processQueryKey: string;
    readonly code: ApiCode;
    readonly requestId?: string | undefined;
  }[];
};

type Part = RecallResult & { readonly error?: ClientError };

/**
 * Recalls any number of messages, up to 20 per call. Rejects with the first error if every call failed.
 * https://open.dingtalk.com/document/development/batch-message-recall-chat
 */
export async function recall(
  caller: Caller,
  keys: string | readonly string[],
  options: CallOptions = {},
): Promise<RecallResult> {
  checkValue('recall: keys', keys, filledStrings);
  const chunks = splitIntoChunks([...new Set([keys].flat())], maxRecallKeys);
  if (chunks.length === 0) throw new TypeError('recall: keys must name at least one processQueryKey.');
  const robotCode = caller.resolveRobotCode(options);
  const parts = await mapConcurrently(chunks, caller.settings.concurrency, (processQueryKeys) =>
    recallChunk(caller, { robotCode, processQueryKeys }, options.signal),
  );
  const [first] = parts;
  if (first?.error && parts.every(({ error }) => error)) throw first.error;
  return { recalled: parts.flatMap(({ recalled }) => recalled), failed: parts.flatMap(({ failed }) => failed) };
}

type Body = { readonly robotCode: string; readonly processQueryKeys: readonly string[] };

/**
 * Recalls up to 20 messages. At huizhi a recall can be repeated: a message that is already recalled succeeds again. The
 * vendor does not document this, so there a recall is retried no more than a send.
 */
async function recallChunk(caller: Caller, body: Body, signal: AbortSignal | undefined): Promise<Part> {
  const path = '/v1.0/robot/otoMessages/batchRecall';
  try {
    const answer = await caller.call({ method: 'POST', path, body, signal }, caller.settings.idempotentSends);
    const reader = createAnswerReader('batchRecall', answer);
    const done = new Set(reader.texts('successResult'));
    const codes = reader.textsByName('failedResult');
    const left = body.processQueryKeys.filter((key) => !done.has(key));
    const failed = left.map((processQueryKey) => ({ processQueryKey, code: codes.get(processQueryKey) ?? 'unknown' }));
    return { recalled: body.processQueryKeys.filter((key) => done.has(key)), failed };
  } catch (thrown) {
    const error = toClientError(thrown);
    const { code, requestId } = error;
    return {
      recalled: [],
      failed: body.processQueryKeys.map((processQueryKey) => ({ processQueryKey, code, requestId })),
      error,
    };
  }
}
