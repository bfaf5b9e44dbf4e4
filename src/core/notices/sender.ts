import type { App } from '../../store/model.ts';
import { appOfSender, groupSenderOf, isGroupSender, noticeSenderOf } from '../../store/notices/senders.ts';
import type { Context } from '../context.ts';
import { robotNameIn } from '../robot-settings.ts';

/** Who has sent a message, as an inbox shows it. */
export type Sender = { readonly code: string; readonly name: string };

/** Work notices of an app are a conversation of their own, whose code is this and the agentId. */
const noticePrefix = 'notice:';

/** The code of an app as the sender of messages to groups is this and the agentId. */
const appPrefix = 'app:';

/**
 * Describes the sender of a message: a robot by its robotCode and name, an app that sends without a robot by its agentId
 * and the name of its first robot in the organization. Code and name of an unknown sender are empty.
 */
export function describeSender(context: Context, corpId: number, robotId: number): Sender {
  const { now } = context.directory;
  const robot = now.robotOf(robotId);
  if (robot) return { code: robot.code, name: robotNameIn(context, corpId, robot) };
  const app = now.appOf(appOfSender(robotId) ?? 0);
  if (!app) return { code: '', name: '' };
  const name = appNameIn(context, corpId, app);
  if (isGroupSender(robotId)) return { code: `${appPrefix}${app.agentId}`, name };
  return { code: `${noticePrefix}${app.agentId}`, name: `工作通知：${name}` };
}

/** Returns the name of an app in an organization: that of its first robot there, or else its appKey. */
function appNameIn(context: Context, corpId: number, app: App): string {
  const { now } = context.directory;
  const first = now.robots().find(({ appId, id }) => appId === app.id && now.isInstalled(corpId, id));
  return first ? robotNameIn(context, corpId, first) : app.code;
}

/** Returns the number under which an app sends work notices, by the code of this sender; undefined for another code. */
export function findNoticeSender(context: Context, code: string): number | undefined {
  const app = findApp(context, noticePrefix, code);
  return app && noticeSenderOf(app.id);
}

/** Returns the number of an app as a sender, by the code of the sender; undefined for the code of a robot. */
export function findAppSender(context: Context, code: string): number | undefined {
  const app = findApp(context, appPrefix, code);
  return app ? groupSenderOf(app.id) : findNoticeSender(context, code);
}

function findApp({ directory }: Context, prefix: string, code: string): App | undefined {
  if (!code.startsWith(prefix)) return undefined;
  return directory.now.apps().find(({ agentId }) => code === `${prefix}${agentId}`);
}
