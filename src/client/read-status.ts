import type { Caller } from './call.ts';
import { ConnectionError } from './errors.ts';
import { textOf } from './exchange.ts';
import type { CallOptions } from './options.ts';

/** What one recipient has done. */
export type Recipient = {
  readonly userId: string;
  readonly name: string;
  readonly read: boolean;
  /** Time of the first read in epoch milliseconds, whole seconds as a rule; absent where the server does not tell. */
  readonly readAt?: number;
};

/** A message and who has read it. */
export type Receipt = {
  readonly processQueryKey: string;
  readonly status: 'SUCCESS' | 'RECALLED' | 'PROCESSING';
  readonly recipients: readonly Recipient[];
};

/** Asks once who has read a message. */
export async function readStatus(caller: Caller, processQueryKey: string, options: CallOptions = {}): Promise<Receipt> {
  const query = { robotCode: caller.robotCode(options), processQueryKey };
  const path = '/v1.0/robot/oToMessages/readStatus';
  const answer = await caller.call({ method: 'GET', path, query, signal: options.signal }, true);
  const list = Array.isArray(answer.messageReadInfoList) ? answer.messageReadInfoList : [];
  return { processQueryKey, status: statusOf(answer.sendStatus), recipients: list.map(recipientOf) };
}

function statusOf(text: unknown): Receipt['status'] {
  if (text === 'RECALLED' || text === 'PROCESSING') return text;
  // The vendor's page has it with one C.
  if (text === 'SUCCESS' || text === 'SUCESS') return 'SUCCESS';
  throw new ConnectionError('invalidAnswer', `readStatus was answered with the sendStatus ${String(text)}`);
}

function recipientOf(item: Readonly<Record<string, unknown>>): Recipient {
  const readAt = timeOf(item.readTimestamp);
  return {
    userId: textOf(item.userId) ?? '',
    name: textOf(item.name) ?? '',
    read: item.readStatus === 'READ',
    ...(readAt === undefined ? {} : { readAt }),
  };
}

/** Seconds, as the real service answers, or milliseconds, as the SDKs say: no date of ours is as early in the one as in the other. */
function timeOf(value: unknown): number | undefined {
  const time = Number(value ?? 0);
  if (!(time > 0)) return undefined;
  return time < 100_000_000_000 ? time * 1000 : time;
}
