import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';
import { createConversation } from '../groups/create.ts';

/** A conversation that a test creates. */
export type GroupRequest = {
  readonly kind: 'group' | 'private';
  readonly corpId?: string | undefined;
  readonly title: string;
  /** The first one owns the group. */
  readonly userIds: readonly string[];
  readonly robotCodes: readonly string[];
};

/** Users that one query finds. */
const usersAtOnce = 500;

/**
 * Creates a conversation of an organization, by default of the first one. Throws `huizhi.notFound` for an unknown
 * organization, user or robot, and `huizhi.badRequest` for a conversation of two without exactly two people.
 */
export async function createGroup(context: Context, request: GroupRequest) {
  const { kind, title, userIds: userCodes, robotCodes } = request;
  const corpId = findCorpId(context, request.corpId);
  const distinct = [...new Set(userCodes)];
  if (kind === 'private' && distinct.length !== 2)
    throw huizhiError('huizhi.badRequest', 'userIds: a conversation of two has two people');
  const userIds = await findUserIds(context, corpId, distinct);
  const robotIds = robotCodes.map((code) => findRobotId(context, corpId, code));
  const isGroup = kind === 'group';
  const creation = { corpId, isGroup, title, ownerId: isGroup ? userIds[0] : undefined, userIds, robotIds };
  const { openId, chatId } = await createConversation(context, creation);
  return { openConversationId: openId, chatId };
}

function findCorpId({ directory }: Context, code: string | undefined): number {
  const [first] = directory.now.organizations();
  const found = code === undefined ? first : directory.now.organization(code);
  if (!found) throw huizhiError('huizhi.notFound', `no organization ${code ?? ''}`);
  return found.corpId;
}

async function findUserIds({ store }: Context, corpId: number, codes: readonly string[]): Promise<readonly number[]> {
  const ids = new Map<string, number>();
  for (let at = 0; at < codes.length; at += usersAtOnce) {
    for (const { code, id } of await store.findUsers(corpId, codes.slice(at, at + usersAtOnce))) ids.set(code, id);
  }
  const stranger = codes.find((code) => !ids.has(code));
  if (stranger !== undefined) throw huizhiError('huizhi.notFound', `no user ${stranger} there`);
  return codes.flatMap((code) => ids.get(code) ?? []);
}

function findRobotId({ directory }: Context, corpId: number, code: string): number {
  const robot = directory.now.robot(code);
  if (robot && directory.now.isInstalled(corpId, robot.id)) return robot.id;
  throw huizhiError('huizhi.notFound', `no robot ${code} there`);
}
