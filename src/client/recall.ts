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
  return recallChunks(caller, { name: 'recall', path: '/v1.0/robot/otoMessages/batchRecall', more: {} }, keys, options);
}

/** A call that recalls up to 20 messages: its name in errors, its path, and further members of its body. */
type RecallCall = { readonly name: string; readonly path: string; readonly more: object };

/** Recalls messages in chunks of 20, several in parallel. */
export async function recallChunks(
  caller: Caller,
  call: RecallCall,
  keys: string | readonly string[],
  options: CallOptions,
): Promise<RecallResult> {
  checkValue(`${call.name}: keys`, keys, filledStrings);
  const chunks = splitIntoChunks([...new Set([keys].flat())], maxRecallKeys);
  if (chunks.length === 0) throw new TypeError(`${call.name}: keys must name at least one processQueryKey.`);
  const robotCode = caller.resolveRobotCode(options);
  const parts = await mapConcurrently(chunks, caller.settings.concurrency, (processQueryKeys) =>
    recallChunk(caller, call.path, { robotCode, ...call.more, processQueryKeys }, options.signal),
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
async function recallChunk(caller: Caller, path: string, body: Body, signal: AbortSignal | undefined): Promise<Part> {
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
