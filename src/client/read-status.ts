import { leftHeader } from '../wire/headers.ts';
import { createAnswerReader, type Reader } from './answer.ts';
import type { Caller } from './call.ts';
import { checkValue, filledString } from './check.ts';
import type { CallOptions } from './options.ts';

/** The read status of one recipient. */
export type Recipient = {
  readonly userId: string;
  readonly name: string;
  readonly read: boolean;
  /**
   * Time of the first read in epoch milliseconds, usually with a precision of seconds; absent if the server does not
   * return it.
   */
  readonly readAt?: number;
};

/** The status of a message and of all its recipients. */
export type Receipt = {
  readonly processQueryKey: string;
  readonly status: 'SUCCESS' | 'RECALLED' | 'PROCESSING';
  readonly recipients: readonly Recipient[];
  /** How many recipients have left the organization without reading; 0 where the server does not tell. */
  readonly left: number;
};

/**
 * Queries once who has read a message. Rejects with an ApiError or a ConnectionError.
 * https://open.dingtalk.com/document/development/chatbot-batch-query-the-read-status-of-messages
 */
export async function readStatus(caller: Caller, processQueryKey: string, options: CallOptions = {}): Promise<Receipt> {
  checkValue('readStatus: processQueryKey', processQueryKey, filledString);
  const query = { robotCode: caller.resolveRobotCode(options), processQueryKey };
  const path = '/v1.0/robot/oToMessages/readStatus';
  const answer = await caller.call({ method: 'GET', path, query, signal: options.signal }, true);
  const reader = createAnswerReader('readStatus', answer);
  return {
    processQueryKey,
    status: parseStatus(reader),
    recipients: reader.objects('messageReadInfoList').map(parseRecipient),
    left: parseCount(answer.headers.get(leftHeader)),
  };
}

/** Parses a count in a header; 0 if it is absent or no count. */
const parseCount = (text: string | null) => (text !== null && /^\d{1,4}$/.test(text) ? Number(text) : 0);

function parseStatus(reader: Reader): Receipt['status'] {
  const text = reader.text('sendStatus');
  if (text === 'RECALLED' || text === 'PROCESSING') return text;
  // The vendor's documentation spells it SUCESS.
  if (text === 'SUCCESS' || text === 'SUCESS') return 'SUCCESS';
  throw reader.invalid(`the sendStatus ${text}`);
}

function parseRecipient(item: Reader): Recipient {
  const readAt = toEpochMilliseconds(item.number('readTimestamp') ?? 0);
  return {
    userId: item.text('userId'),
    name: item.optionalText('name'),
    read: item.text('readStatus') === 'READ',
    ...(readAt === undefined ? {} : { readAt }),
  };
}

/**
 * Accepts seconds, as the real service returns, and milliseconds, as its SDKs document: a smaller number can only be
 * seconds.
 */
function toEpochMilliseconds(time: number): number | undefined {
  const milliseconds = time < 100_000_000_000 ? time * 1000 : time;
  return milliseconds > 0 && milliseconds <= lastTime ? milliseconds : undefined;
}

/** The latest time that a Date can represent. */
const lastTime = 8_640_000_000_000_000;
