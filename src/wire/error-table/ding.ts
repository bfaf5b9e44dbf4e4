/**
 * The errors of the DING calls.
 * https://open.dingtalk.com/document/development/robot-sends-nail-message
 * https://open.dingtalk.com/document/development/robot-withdraws-pin-message
 */
import { createRows } from './row.ts';

/** Rows of the DING calls, all of layer `business`. */
export const dingRows = createRows('business', {
  'invalid.chatbotId': {
    status: 400,
    message: 'invalid.chatbotId {robotCode}',
    summary: 'A DING names a robot that is unknown, not installed, or of another app.',
  },
  'send.ding.exception': {
    status: 400,
    message: 'send.ding.exception {reason}',
    summary: 'A DING names a robot that is disabled or not in the conversation, or a conversation that is disbanded.',
  },
  'miss.staffId': {
    status: 400,
    message: 'miss.staffId {userIds}',
    summary: 'The receivers of a DING are an empty list, or none of them is a user of the organization.',
  },
  'ding.receivercount.limit': {
    status: 400,
    message: 'ding receiver count limit',
    summary: 'A DING has more than 200 receivers, or more than 20 by SMS or phone.',
  },
  'ding.serverquota.insufficient': {
    status: 400,
    message: 'ding server quota insufficient',
    summary: 'The organization has fewer SMS or calls left than the DING has receivers.',
  },
  'toomuch.msg': {
    status: 400,
    message: 'send too fast',
    summary: 'The robot has sent 6,000 DINGs in this minute.',
  },
  'recall.ding.exception': {
    status: 400,
    message: 'recall.ding.exception {openDingId}',
    summary: 'A recall names a DING that does not exist, or that another robot has sent.',
  },
});
