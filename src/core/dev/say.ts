import type { Organization, User } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { SayContent } from '../../wire/own/talk.ts';
import type { Context } from '../context.ts';
import type { Place } from '../conversation-ids.ts';
import { type Said, say } from '../talk/say.ts';

/** A person who writes, by codes. One of the robot and the conversation must be given. */
export type SayAs = {
  readonly corpId?: string | undefined;
  readonly from: string;
  readonly robotCode?: string | undefined;
  readonly openConversationId?: string | undefined;
  readonly content: SayContent;
};

/** A message that was stored: its id in the inbox, and the msgId that robots get. */
export type SaidAs = Pick<Said, 'sentAt' | 'robots'> & {
  readonly messageId: string;
  readonly msgId: string;
  readonly conversationId: string;
  readonly sequence: number;
};

/** Writes as a person, by the same path as the inbox. Throws a WireError like `say`. */
export async function sayAs(context: Context, given: SayAs, origin: string): Promise<SaidAs> {
  const { from, robotCode, openConversationId } = given;
  if (robotCode === undefined && openConversationId === undefined)
    throw huizhiError('huizhi.badRequest', 'robotCode: is missing, and there is no openConversationId');
  const user = await findAuthor(context, given.corpId, from);
  const place = await findTarget(context, user, robotCode, openConversationId);
  const content = place.conversationId === 0 ? given.content : nameRobot(given.content, robotCode);
  const sequence = await context.store.inboxes.end(user.corpId, user.id);
  const said = await say(context, { corpId: user.corpId, userId: user.id, place, content, origin });
  const { sentAt, robots, message } = said;
  const { messageId, conversationId } = message;
  const msgId = context.seal.sealMsgId(user.corpId, said.messageId);
  return { messageId, msgId, conversationId, sentAt, sequence, robots };
}

function nameRobot(content: SayContent, robotCode: string | undefined): SayContent {
  if (robotCode === undefined) return content;
  return { ...content, atRobotCodes: [...new Set([robotCode, ...(content.atRobotCodes ?? [])])] };
}

async function findAuthor({ directory, store }: Context, corpCode: string | undefined, from: string): Promise<User> {
  const named = corpCode === undefined ? undefined : directory.now.organization(corpCode);
  if (corpCode !== undefined && !named) throw huizhiError('huizhi.notFound', `no organization ${corpCode}`);
  const organizations: readonly Organization[] = named ? [named] : directory.now.organizations();
  const found: User[] = [];
  for (const { corpId } of organizations) found.push(...(await store.findUsers(corpId, [from])));
  const [user] = found;
  if (!user) throw huizhiError('huizhi.notFound', `no user ${from}`);
  if (found.length > 1) throw huizhiError('huizhi.badRequest', `corpId: several organizations have a user ${from}`);
  return user;
}

async function findTarget(
  { directory, store }: Context,
  { corpId }: User,
  robotCode: string | undefined,
  openConversationId: string | undefined,
): Promise<Place> {
  if (openConversationId === undefined) {
    const robot = directory.now.robot(robotCode ?? '');
    if (!robot) throw huizhiError('huizhi.notFound', `no robot ${robotCode}`);
    return { robotId: robot.id, conversationId: 0 };
  }
  const found = (await store.conversations.byOpenId(openConversationId)).find((one) => one.corpId === corpId);
  if (found) return { robotId: 0, conversationId: found.id };
  const chat = await store.talk.chatByOpenId(corpId, openConversationId);
  if (chat) return { robotId: chat.robotId, conversationId: 0 };
  throw huizhiError('huizhi.notFound', `no conversation ${openConversationId}`);
}
