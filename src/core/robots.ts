import type { Robot } from '../store/model.ts';
import { wireError } from '../wire/errors.ts';
import type { Caller, Context } from './context.ts';
import { findAppSender } from './notices/sender.ts';

/**
 * Returns the robot with a code. It must be installed in the token's organization and belong to the token's app.
 * Throws `invalidParameter.robotCode.notExsit` or `invalidParameter.robotCode.invalid`.
 */
export function findCallerRobot({ directory }: Context, { app, organization }: Caller, robotCode: string): Robot {
  const robot = directory.now.robot(robotCode);
  if (!robot) throw wireError('invalidParameter.robotCode.notExsit', { why: `there is no robot ${robotCode}` });
  if (!directory.now.isInstalled(organization.corpId, robot.id)) {
    throw wireError('invalidParameter.robotCode.invalid', {
      why: `robot ${robotCode} is not installed in organization ${organization.code}`,
    });
  }
  if (robot.appId !== app.id) {
    const owner = directory.now.appOf(robot.appId)?.code;
    throw wireError('invalidParameter.robotCode.invalid', {
      why: `robot ${robotCode} belongs to app ${owner}, and the token to app ${app.code}`,
    });
  }
  return robot;
}

/**
 * Returns the id of a robot or custom robot by which the store filters messages of an organization: 0 (all robots)
 * without a code, -1 (no robot) for an unknown code. What an app sends without a robot has a code of its own; see
 * `describeSender`.
 */
export function robotFilter(context: Context, corpId: number, robotCode: string | undefined): number {
  if (robotCode === undefined) return 0;
  const { now } = context.directory;
  const robot = now.robot(robotCode) ?? now.customRobot(corpId, robotCode);
  return robot?.id ?? findAppSender(context, robotCode) ?? -1;
}
