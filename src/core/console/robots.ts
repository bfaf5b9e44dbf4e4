import type { Robot, TemplateState } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import { findKind } from '../../wire/vendor/messages.ts';
import type { Context } from '../context.ts';
import { refuseSeen, refuseShared } from '../operators/scope.ts';
import { type RobotChange, type RobotFields, showRobot } from './apps.ts';
import { updateDirectory } from './changes.ts';
import { requireOwnApp } from './find-app.ts';
import { type Page, requireOrganization } from './message-list.ts';
import type { Operator } from './operators.ts';

/** Creates a robot of an app, without installations. Throws `huizhi.conflict`, `huizhi.notFound`. */
export function createRobot(context: Context, operator: Operator, { robotCode, name, appKey }: RobotFields) {
  return updateDirectory(context, operator, async (write) => {
    const { directory, store } = context;
    const isTaken =
      directory.whole.robot(robotCode) ?? directory.whole.customRobots().find(({ code }) => code === robotCode);
    if (isTaken) throw huizhiError('huizhi.conflict', `there is a robot ${robotCode} already`);
    const app = requireOwnApp(context, appKey);
    const plain = { disabled: false, perUserPerMinute: 0, perUserPerDay: 0, unblockable: false, coolAppCode: null };
    const id = await store.number('robot');
    const robot: Robot = { corpId: app.corpId, id, code: robotCode, name, appId: app.id, ...plain };
    const entry = {
      corpId: app.corpId,
      action: 'robot.create',
      target: robotCode,
      was: null,
      became: { name, appKey },
    };
    await write([{ robot }], entry);
    return showRobot(context, robot);
  });
}

/** Returns one robot. Throws `huizhi.notFound`. */
export function findRobot(context: Context, robotCode: string) {
  return showRobot(context, robotOf(context, robotCode));
}

/** Lists the users of an organization who have blocked a robot, sorted by userId. Throws `huizhi.notFound`. */
export async function listBlocks(context: Context, robotCode: string, corpCode: string, { limit, cursor = '' }: Page) {
  const { corpId } = requireOrganization(context, corpCode);
  const robot = robotOf(context, robotCode);
  const found = await context.store.operator.blocksOfRobot(corpId, robot.id, cursor, limit + 1);
  const users = found.slice(0, limit).map(({ code, name }) => ({ userId: code, name }));
  return { users, cursor: found.length > limit ? (users.at(-1)?.userId ?? null) : null };
}

/** Changes the name, limits or switches of a robot, in effect from the next send. Throws `huizhi.notFound`. */
export function changeRobot(context: Context, operator: Operator, robotCode: string, change: RobotChange) {
  return updateDirectory(context, operator, async (write) => {
    const known = ownRobotOf(context, robotCode);
    const robot = { ...known, ...change };
    const pick = ({ name, disabled, perUserPerMinute, perUserPerDay, unblockable, coolAppCode }: Robot) => {
      return { name, disabled, perUserPerMinute, perUserPerDay, unblockable, coolAppCode };
    };
    const entry = { corpId: known.corpId, action: 'robot.change', target: robotCode };
    await write([{ robot }], { ...entry, was: pick(known), became: pick(robot) });
    return showRobot(context, robot);
  });
}

/** Installs a robot in an organization, or uninstalls it. Throws `huizhi.notFound`, `huizhi.conflict`. */
export function setInstalled(
  context: Context,
  operator: Operator,
  robotCode: string,
  corpCode: string,
  installed: boolean,
) {
  return updateDirectory(context, operator, async (write) => {
    const robot = robotOf(context, robotCode);
    const { corpId } = requireOrganization(context, corpCode);
    const app = context.directory.now.appOf(robot.appId);
    if (installed && app?.kind === 'internal' && app.corpId !== corpId) {
      throw huizhiError('huizhi.conflict', `robot ${robotCode} belongs to an internal app of another organization`);
    }
    const was = context.directory.now.isInstalled(corpId, robot.id);
    if (was !== installed) {
      const entry = {
        corpId,
        action: 'robot.install',
        target: robotCode,
        was: { installed: was },
        became: { installed },
      };
      await write([{ installation: { corpId, robotId: robot.id, installed } }], entry);
    }
    return showRobot(context, robot);
  });
}

/** Sets the state of a robot's template of one message kind. Throws `huizhi.notFound`. */
export function setTemplate(
  context: Context,
  operator: Operator,
  robotCode: string,
  msgKey: string,
  state: TemplateState,
) {
  return updateDirectory(context, operator, async (write) => {
    const robot = ownRobotOf(context, robotCode);
    const kind = findKind(msgKey)?.template;
    if (kind === undefined) throw huizhiError('huizhi.notFound', `no message kind ${msgKey}`);
    const was = context.directory.now.template(robot.id, kind);
    const entry = { corpId: robot.corpId, action: 'robot.template', target: `${robotCode} ${msgKey}` };
    const change = { ...entry, was: { state: was }, became: { state } };
    if (was !== state) await write([{ template: { robot, kind, state } }], change);
    return showRobot(context, robot);
  });
}

function robotOf(context: Context, robotCode: string): Robot {
  const robot = context.directory.now.robot(robotCode);
  if (robot) return robot;
  refuseSeen(context, context.directory.whole.robot(robotCode)?.corpId);
  throw huizhiError('huizhi.notFound', `no robot ${robotCode}`);
}

/** Returns a robot for a change that concerns all organizations in which it is installed. */
function ownRobotOf(context: Context, robotCode: string): Robot {
  const robot = robotOf(context, robotCode);
  refuseShared(context, robot.corpId, `robot ${robotCode}`);
  return robot;
}
