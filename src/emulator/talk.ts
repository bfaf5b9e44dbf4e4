import type { Composed } from '../compose.ts';
import { refuseUnknown } from '../wire/did-you-mean.ts';
import type { CallControl } from './call-control.ts';
import { EmulatorError } from './error.ts';
import { createReplyWait } from './reply-waits.ts';
import type { Said } from './talk-types.ts';
import type { Emulator } from './types.ts';

type TalkControls = Pick<Emulator, 'say' | 'waitForReply'>;

/** The person of the last `say`, and the number of the newest event of their inbox before it. */
type LastSaid = { readonly corpId: string; readonly userId: string; readonly sequence: number };

/** Creates the methods with which tests write to robots and wait for replies. All waits reject when `closing` aborts. */
export function createTalkControls(
  composed: Composed,
  callControl: CallControl,
  facts: { readonly corpId: string; readonly robotCode: string },
  closing: AbortSignal,
): TalkControls {
  const starts = new Map<string, number>();
  const waitForReply = createReplyWait(composed, closing);
  let last: LastSaid | undefined;
  return {
    async say(from, content, options = {}) {
      refuseUnknown('The options of say', options, sayNames);
      const { corpId = facts.corpId, robotCode, openConversationId } = options;
      const isAlone = openConversationId === undefined || robotCode !== undefined;
      const to = isAlone ? { robotCode: robotCode ?? facts.robotCode } : {};
      const message = typeof content === 'string' ? { msgtype: 'text', text: { content } } : content;
      type Answer = Said & { readonly sequence: number };
      const body = { ...message, ...options, ...to, corpId, from };
      const { sequence, ...said } = await callControl<Answer>('POST', '/messages', body);
      const key = `${corpId} ${from}`;
      starts.set(key, Math.min(starts.get(key) ?? sequence, sequence));
      last = { corpId, userId: from, sequence };
      return said;
    },
    async waitForReply(filter = {}, options = {}) {
      refuseUnknown('The filter of waitForReply', filter, ['userId', 'corpId', 'robotCode', 'text']);
      refuseUnknown('The options of waitForReply', options, ['timeout', 'signal']);
      const userId = filter.userId ?? last?.userId;
      if (userId === undefined) throw new EmulatorError('huizhi.badRequest', 'nobody has said anything: give a userId');
      const corpId = filter.corpId ?? last?.corpId ?? facts.corpId;
      const after = starts.get(`${corpId} ${userId}`) ?? 0;
      return waitForReply({ ...filter, corpId, userId, after }, options);
    },
  };
}

const sayNames = ['robotCode', 'openConversationId', 'corpId', 'atUserIds', 'quotedMessageId'];
