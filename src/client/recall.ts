import { maxRecallKeys } from '../wire/limits.ts';
import { readerOf } from './answer.ts';
import type { Caller } from './call.ts';
import { checkValue, filledStrings } from './check.ts';
import type { ApiCode, ClientError } from './errors.ts';
import type { CallOptions } from './options.ts';
import { chunksOf, each } from './pace.ts';
import { clientError } from './retry.ts';

/** What became of a recall; every key is in one of the two. */
export type RecallResult = {
  /** Recalled now, or before. */
  readonly recalled: readonly string[];
  readonly failed: readonly {
    readonly processQueryKey: string;
    readonly code: ApiCode;
    readonly requestId?: string | undefined;
  }[];
};

type Part = RecallResult & { readonly error?: ClientError };

/** Recalls any number of messages, 20 at a time. Rejects with the first error when no call at all was answered. */
export async function recall(
  caller: Caller,
  keys: string | readonly string[],
  options: CallOptions = {},
): Promise<RecallResult> {
  checkValue('recall: keys', keys, filledStrings);
  const chunks = chunksOf([...new Set([keys].flat())], maxRecallKeys);
  if (chunks.length === 0) throw new TypeError('Name at least one processQueryKey to recall.');
  const robotCode = caller.robotCode(options);
  const parts = await each(chunks, caller.settings.concurrency, (processQueryKeys) =>
    recallChunk(caller, { robotCode, processQueryKeys }, options.signal),
  );
  const [first] = parts;
  if (first?.error && parts.every(({ error }) => error)) throw first.error;
  return { recalled: parts.flatMap(({ recalled }) => recalled), failed: parts.flatMap(({ failed }) => failed) };
}

type Body = { readonly robotCode: string; readonly processQueryKeys: readonly string[] };

/** A recall may be repeated: what was recalled before succeeds again. Of the vendor we know that no more than of its sends. */
async function recallChunk(caller: Caller, body: Body, signal: AbortSignal | undefined): Promise<Part> {
  const path = '/v1.0/robot/otoMessages/batchRecall';
  try {
    const answer = await caller.call({ method: 'POST', path, body, signal }, caller.settings.idempotentSends);
    const reader = readerOf('batchRecall', answer);
    const done = new Set(reader.texts('successResult'));
    const codes = reader.textsByName('failedResult');
    const left = body.processQueryKeys.filter((key) => !done.has(key));
    const failed = left.map((processQueryKey) => ({ processQueryKey, code: codes.get(processQueryKey) ?? 'unknown' }));
    return { recalled: body.processQueryKeys.filter((key) => done.has(key)), failed };
  } catch (thrown) {
    const error = clientError(thrown);
    const { code, requestId } = error;
    return {
      recalled: [],
      failed: body.processQueryKeys.map((processQueryKey) => ({ processQueryKey, code, requestId })),
      error,
    };
  }
}
