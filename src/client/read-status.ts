import { leftHeader } from '../wire/headers.ts';
import { type Reader, readerOf } from './answer.ts';
import type { Caller } from './call.ts';
import { checkValue, filledString } from './check.ts';
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
  /** How many recipients have left the organization without reading; 0 where the server does not tell. */
  readonly left: number;
};

/** Asks once who has read a message. */
export async function readStatus(caller: Caller, processQueryKey: string, options: CallOptions = {}): Promise<Receipt> {
  checkValue('readStatus: processQueryKey', processQueryKey, filledString);
  const query = { robotCode: caller.robotCode(options), processQueryKey };
  const path = '/v1.0/robot/oToMessages/readStatus';
  const answer = await caller.call({ method: 'GET', path, query, signal: options.signal }, true);
  const reader = readerOf('readStatus', answer);
  return {
    processQueryKey,
    status: statusIn(reader),
    recipients: reader.objects('messageReadInfoList').map(recipientIn),
    left: countIn(answer.headers.get(leftHeader)),
  };
}

/** A count in a header; 0 when it is absent or is no count. */
const countIn = (text: string | null) => (text !== null && /^\d{1,4}$/.test(text) ? Number(text) : 0);

function statusIn(reader: Reader): Receipt['status'] {
  const text = reader.text('sendStatus');
  if (text === 'RECALLED' || text === 'PROCESSING') return text;
  // The vendor's page has it with one C.
  if (text === 'SUCCESS' || text === 'SUCESS') return 'SUCCESS';
  throw reader.invalid(`the sendStatus ${text}`);
}

function recipientIn(item: Reader): Recipient {
  const readAt = epochMilliseconds(item.number('readTimestamp') ?? 0);
  return {
    userId: item.text('userId'),
    name: item.optionalText('name'),
    read: item.text('readStatus') === 'READ',
    ...(readAt === undefined ? {} : { readAt }),
  };
}

/** Seconds, as the real service answers, or milliseconds, as the SDKs say: no date of ours is as early in the one as in the other. */
function epochMilliseconds(time: number): number | undefined {
  const milliseconds = time < 100_000_000_000 ? time * 1000 : time;
  return milliseconds > 0 && milliseconds <= lastTime ? milliseconds : undefined;
}

/** The last time that a Date can hold. */
const lastTime = 8_640_000_000_000_000;
