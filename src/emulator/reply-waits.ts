import { listEventsSince, type ShownMessage } from '../core/inbox/inbox.ts';
import type { User } from '../store/model.ts';
import { EmulatorError } from './error.ts';
import type { Reply, ReplyFilter } from './talk-types.ts';
import type { WaitOptions } from './types.ts';
import { type WaitParts, waitUntil } from './waits.ts';

type ReplyTo = ReplyFilter & { readonly corpId: string; readonly userId: string; readonly after: number };

/**
 * Creates a wait for the oldest message of a robot to a person, after a number of their events, that matches and that no
 * earlier call returned. All waits reject when `closing` aborts.
 */
export function createReplyWait(composed: Pick<WaitParts, 'context'>, closing: AbortSignal) {
  const claimed = new Set<string>();
  return async ({ corpId, userId, after, ...filter }: ReplyTo, options: WaitOptions): Promise<Reply> => {
    closing.throwIfAborted();
    const user = await findUser(composed, corpId, userId);
    const what = () => `no matching reply to ${userId} has arrived`;
    const watch = (wake: () => void) => composed.context.events.subscribe(user.corpId, user.id, wake);
    const look = () => claimReply(composed, user, after, filter, claimed);
    return waitUntil(look, watch, { ...options, closing, what });
  };
}

async function findUser({ context }: Pick<WaitParts, 'context'>, corpCode: string, userId: string): Promise<User> {
  const corpId = context.directory.now.organization(corpCode)?.corpId ?? -1;
  const [user] = await context.store.findUsers(corpId, [userId]);
  if (user) return user;
  throw new EmulatorError('huizhi.notFound', `no user ${userId} in ${corpCode}`);
}

const pageSize = 100;

/** Returns the oldest message of a robot that matches and that was not returned before. */
async function claimReply(
  { context }: Pick<WaitParts, 'context'>,
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
