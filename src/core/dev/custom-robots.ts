import { huizhiError } from '../../wire/errors.ts';
import { requireOrganization } from '../console/message-list.ts';
import type { Context } from '../context.ts';
import { createCustomRobot } from '../custom-robots/robots.ts';
import { findGroup } from '../groups/find.ts';
import { createTestGroup } from './test-groups.ts';

/** A custom robot for a test. By default it sends into a new group of all users of the first organization. */
export type TestCustomRobot = {
  readonly corpId?: string | undefined;
  readonly openConversationId?: string | undefined;
  readonly name: string;
  readonly keywords?: readonly string[] | undefined;
  readonly addresses?: readonly string[] | undefined;
  readonly sign?: boolean | undefined;
  readonly disabled?: boolean | undefined;
};

/** Creates a custom robot with its webhook. Throws `huizhi.notFound` for an unknown organization or group. */
export async function createTestCustomRobot(
  context: Context,
  { corpId: corpCode, openConversationId, ...given }: TestCustomRobot,
) {
  const [first] = context.directory.now.organizations();
  const organization = requireOrganization(context, corpCode ?? first?.code ?? '');
  const { corpId, code } = organization;
  const openId =
    openConversationId ??
    (await createTestGroup(context, code, { title: given.name, members: 'all' })).openConversationId;
  const { group } = await findGroup(context, corpId, openId);
  if (!group) throw huizhiError('huizhi.notFound', `no group ${openId} in ${code}`);
  const { robot, token, secret } = await createCustomRobot(context, { ...given, corpId, conversationId: group.id });
  const webhook = `/robot/send?access_token=${token}`;
  return { robotCode: robot.code, openConversationId: openId, webhook, token, secret };
}
