import { appOfSender, noticeSenderOf } from '../../store/notices/senders.ts';
import type { Context } from '../context.ts';
import { robotNameIn } from '../robot-settings.ts';

/** Who has sent a message, as an inbox shows it. */
export type Sender = { readonly code: string; readonly name: string };

/** Work notices of an app are a conversation of their own, whose code is this and the agentId. */
const noticePrefix = 'notice:';

/**
 * Describes the sender of a message: a robot by its robotCode and name, an app that sends work notices by its agentId and
 * the name of its first robot in the organization. Code and name of an unknown sender are empty.
 */
export function describeSender(context: Context, corpId: number, robotId: number): Sender {
  const { now } = context.directory;
  const robot = now.robotOf(robotId);
  if (robot) return { code: robot.code, name: robotNameIn(context, corpId, robot) };
  const app = now.appOf(appOfSender(robotId) ?? 0);
  if (!app) return { code: '', name: '' };
  const first = now.robots().find(({ appId, id }) => appId === app.id && now.isInstalled(corpId, id));
  const name = first ? robotNameIn(context, corpId, first) : app.code;
  return { code: `${noticePrefix}${app.agentId}`, name: `工作通知：${name}` };
}

/** Returns the number of the sender with a code; undefined for the code of a robot, and for an unknown one. */
export function findNoticeSender({ directory }: Context, code: string): number | undefined {
  if (!code.startsWith(noticePrefix)) return undefined;
  const app = directory.now.apps().find(({ agentId }) => code === `${noticePrefix}${agentId}`);
  return app && noticeSenderOf(app.id);
}
