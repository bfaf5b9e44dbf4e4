import { requireCaller } from '../../core/access/caller.ts';
import { recallEmotion, replyEmotion } from '../../core/talk/emotions.ts';
import { robotPermission as permission } from '../../wire/permissions.ts';
import type { EmotionAnswer } from '../../wire/vendor/emotions.ts';
import type { Route, RouteRequest } from '../server/route.ts';

const done = JSON.stringify({ success: true } satisfies EmotionAnswer);

/** `POST /v1.0/robot/emotion/reply` */
async function reply({ context, caller, body }: RouteRequest): Promise<string> {
  await replyEmotion(context, requireCaller(caller), pick(body));
  return done;
}

/** `POST /v1.0/robot/emotion/recall` */
async function recall({ context, caller, body }: RouteRequest): Promise<string> {
  await recallEmotion(context, requireCaller(caller), pick(body));
  return done;
}

function pick({ robotCode, openConversationId, openMsgId, emotionName, textEmotion }: RouteRequest['body']) {
  return { robotCode, openConversationId, openMsgId, emotionName, textEmotion };
}

const required = ['robotCode', 'openConversationId', 'openMsgId'] as const;

/** The calls for emotions under the messages of people. */
export const emotionRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1.0/robot/emotion/reply', permission, required, handler: reply },
  { method: 'POST', path: '/v1.0/robot/emotion/recall', permission, required, handler: recall },
];
