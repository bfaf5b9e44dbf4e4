import type { Composed } from '../compose.ts';
import { listEventsSince, type ShownMessage } from '../core/inbox/inbox.ts';
import type { User } from '../store/model.ts';
import { refuseUnknown } from '../wire/did-you-mean.ts';
import type { CallControl } from './call-control.ts';
import { EmulatorError } from './error.ts';
import type { Reply, ReplyFilter, Said } from './talk-types.ts';
import type { Emulator } from './types.ts';
import { waitUntil } from './waits.ts';

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
  const claimed = new Set<string>();
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
      closing.throwIfAborted();
      const userId = filter.userId ?? last?.userId;
      if (userId === undefined) throw new EmulatorError('huizhi.badRequest', 'nobody has said anything: give a userId');
      const corpCode = filter.corpId ?? last?.corpId ?? facts.corpId;
      const user = await findUser(composed, corpCode, userId);
      const start = starts.get(`${corpCode} ${userId}`) ?? 0;
      const what = () => `no matching reply to ${userId} has arrived`;
      const watch = (wake: () => void) => composed.context.events.subscribe(user.corpId, user.id, wake);
      const look = () => claimReply(composed, user, start, filter, claimed);
      return waitUntil(look, watch, { ...options, closing, what });
    },
  };
}

const sayNames = ['robotCode', 'openConversationId', 'corpId', 'atUserIds', 'quotedMessageId'];

async function findUser({ context }: Composed, corpCode: string, userId: string): Promise<User> {
  const corpId = context.directory.now.organization(corpCode)?.corpId ?? -1;
  const [user] = await context.store.findUsers(corpId, [userId]);
  if (user) return user;
  throw new EmulatorError('huizhi.notFound', `no user ${userId} in ${corpCode}`);
}

const pageSize = 100;

/** Returns the oldest message of a robot that matches and that was not returned before. */
async function claimReply(
  { context }: Composed,
  user: User,
  start: number,
  filter: ReplyFilter,
  claimed: Set<string>,
): Promise<Reply | undefined> {
  const { corpId, id } = user;
  for (let after = start; ; ) {
    const session = { corpId, id: 0, userId: id, expiresAt: Number.MAX_SAFE_INTEGER };
    const events = await listEventsSince(context, session, after, pageSize);
    for (const { event, data } of events) {
      if (event !== 'message') continue;
      const message = data as ShownMessage;
      if (message.sender.kind === 'person' || claimed.has(message.messageId) || !isWanted(message, filter)) continue;
      claimed.add(message.messageId);
      return toReply(message);
    }
    const end = events.at(-1);
    if (!end || events.length < pageSize) return undefined;
    after = end.position;
  }
}

function isWanted({ robotCode, msgParam }: ShownMessage, filter: ReplyFilter): boolean {
  if (msgParam === null || (filter.robotCode !== undefined && filter.robotCode !== robotCode)) return false;
  const { text = '' } = filter;
  if (text === '') return true;
  const texts = Object.values(JSON.parse(msgParam) as object).filter((value) => typeof value === 'string');
  // `search`, because `test` of a global expression depends on its lastIndex.
  return texts.some((one) => (typeof text === 'string' ? one.includes(text) : one.search(text) !== -1));
}

function toReply({ messageId, conversationId, robotCode, robotName, msgKey, msgParam, sentAt }: ShownMessage): Reply {
  const param = JSON.parse(msgParam ?? '{}') as Reply['msgParam'];
  return { messageId, conversationId, robotCode, robotName, msgKey, msgParam: param, sentAt };
}
