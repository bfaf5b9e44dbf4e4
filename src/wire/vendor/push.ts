/**
 * Schemas of the calls about encrypted HTTP pushes: those of the old host that register an address, and the lists of
 * failed events.
 * https://open.dingtalk.com/document/development/register-callback-events
 */

import { z } from 'zod';
import { maxCallbackUrl } from '../limits.ts';
import { createOldAnswer } from './old-host.ts';
import { callbackTags } from './values.ts';

const url = z.string().max(maxCallbackUrl).describe('The address that gets the events.');
const token = z.string().describe('The text that signatures are made with, from 6 to 63 characters.');
const aesKey = z.string().describe('The key: 43 letters and digits.');
const tags = z.array(z.enum(callbackTags)).describe('The types of events.');

/** Request body of `POST /call_back/register_call_back` and `POST /call_back/update_call_back`. */
export const callbackBody = z.object({ call_back_tag: tags, token, aes_key: aesKey, url });

/** Response of the calls that register, change and delete an address. */
export const callbackDoneAnswer = createOldAnswer({});

/** Response of `GET /call_back/get_call_back`. */
export const callbackAnswer = createOldAnswer({ aes_key: aesKey, call_back_tag: tags, token, url });

/** Response of `GET /call_back/get_call_back_failed_result`. */
export const takenEventsAnswer = createOldAnswer({
  failed_list: z
    .array(
      z.looseObject({
        call_back_tag: z.string().describe('The type of the event, and the name of the member with its fields.'),
        event_time: z.int().describe('Epoch milliseconds.'),
      }),
    )
    .describe('The oldest failed events, at most 200. They are not returned again.'),
  has_more: z.boolean(),
});

/** Query of `GET /v1.0/event/callbacks/failedResults`. */
export const failedEventsQuery = z.object({
  beginTime: z.int().min(0).optional().describe('Events that happened from then on, in epoch milliseconds.'),
  endTime: z.int().min(0).optional().describe('Events that happened until then.'),
});

/** Response of `GET /v1.0/event/callbacks/failedResults`. */
export const failedEventsAnswer = z.object({
  failedList: z
    .array(
      z.object({
        callBackData: z.record(z.string(), z.unknown()).describe('The fields of the event, as pushes have them.'),
        callBackTag: z.string(),
        corpId: z.string(),
        eventTime: z.int().describe('Epoch milliseconds.'),
      }),
    )
    .describe('The oldest failed events, at most 200.'),
  hasMore: z.boolean(),
});
export type FailedEventsAnswer = z.infer<typeof failedEventsAnswer>;
