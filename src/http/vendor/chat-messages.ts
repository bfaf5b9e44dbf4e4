/** The calls of the old host for messages that apps send to groups without a robot. */
import { requireCaller } from '../../core/access/caller.ts';
import { listChatReaders, sendChatMessage } from '../../core/groups/chat-messages.ts';
import { idempotencyHeader } from '../../wire/headers.ts';
import { chatPermission } from '../../wire/permissions.ts';
import { noticeTypes } from '../../wire/vendor/notices.ts';
import type { Route } from '../server/route.ts';
import { createOldHostRoutes } from './old-host-call.ts';

/** The object of each msgtype, for a message whose members are parameters of the call itself. */
const flatParameters = Object.fromEntries(noticeTypes.map((type) => [type, { kind: 'object' } as const]));

/** The path and the parameters of the call that sends. */
export const chatSend = {
  path: '/chat/send',
  parameters: {
    ...flatParameters,
    chatid: { kind: 'text' },
    sender: { kind: 'text' },
    msg: { kind: 'object' },
    msgtype: { kind: 'text' },
  },
} as const;

export const chatMessageRoutes: readonly Route[] = [
  ...createOldHostRoutes({
    methods: ['POST'],
    permission: chatPermission,
    ...chatSend,
    async handler({ context, caller, call }, { chatid: chatId, sender, msg, ...flat }) {
      const message = { chatId, sender, msg: msg ?? flat };
      const sent = { path: call.path, idempotencyKey: call.header(idempotencyHeader) };
      return { messageId: await sendChatMessage(context, requireCaller(caller), message, sent) };
    },
  }),
  ...createOldHostRoutes({
    methods: ['GET'],
    path: '/chat/getReadList',
    permission: chatPermission,
    parameters: {
      messageId: { kind: 'text', required: true },
      cursor: { kind: 'number', required: true },
      size: { kind: 'number', required: true },
    },
    async handler({ context, caller }, query) {
      const { userIds, next } = await listChatReaders(context, requireCaller(caller), query);
      return {
        ...(next !== undefined && { next_cursor: next }),
        ...(userIds.length > 0 && { readUserIdList: userIds }),
      };
    },
  }),
];
