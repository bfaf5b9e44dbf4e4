import type { CustomRobot } from '../../store/custom-robots/custom-robots.ts';
import { wireError } from '../../wire/errors.ts';
import { isCleanText } from '../../wire/text.ts';
import { hashToken } from '../access/secrets.ts';
import { findUrlFault } from '../callbacks/post.ts';
import type { Caller, Context } from '../context.ts';
import { changeCustomRobot, deleteCustomRobot } from './robots.ts';

/** Characters. The vendor documents no lengths. */
const longestText = 2000;

/** The body of a call that enables or deletes a custom robot, not yet validated. */
export type CustomRobotAction = {
  readonly token: unknown;
  readonly actionType: unknown;
  readonly sendNotification: unknown;
};

/** Enables a custom robot of the caller's organization. Throws a WireError. */
export async function enableCustomRobot(context: Context, caller: Caller, given: CustomRobotAction): Promise<void> {
  const action = parseAction(given);
  const robot = await findOwn(context, caller, given.token);
  if (!(await changeCustomRobot(context, robot, { disabled: false, action }))) throw unknownToken();
}

/** Deletes a custom robot of the caller's organization. Throws a WireError. */
export async function removeCustomRobot(context: Context, caller: Caller, given: CustomRobotAction): Promise<void> {
  const action = parseAction(given);
  const robot = await findOwn(context, caller, given.token);
  if (!(await deleteCustomRobot(context, robot, action))) throw unknownToken();
}

/** The body of a call that changes the outgoing address of a custom robot, not yet validated. */
export type OutgoingChange = {
  readonly token: unknown;
  readonly outgoingUrl: unknown;
  readonly userCustomToken: unknown;
};

/** Stores the outgoing address of a custom robot of the caller's organization. Resolves with the addresses before and now. */
export async function setOutgoing(
  context: Context,
  caller: Caller,
  { token, outgoingUrl, userCustomToken }: OutgoingChange,
): Promise<{ readonly originalUrl: string; readonly targetUrl: string }> {
  const url = parseText(outgoingUrl, 'outgoingUrl');
  const outgoingToken = userCustomToken == null ? null : parseText(userCustomToken, 'userCustomToken');
  // The first condition refuses forms such as `https:example.com`, which the parser of URLs completes.
  const fault = /^https?:\/\/[^/\s]/i.test(url) ? findUrlFault(url) : 'the address must begin with http:// or https://';
  if (fault !== undefined) throw wireError('invalidParameter.outgoingUrl.invalid', { why: `outgoingUrl: ${fault}` });
  const robot = await findOwn(context, caller, token);
  if (!(await changeCustomRobot(context, robot, { outgoing: { url, token: outgoingToken } }))) throw unknownToken();
  return { originalUrl: robot.outgoing?.url ?? '', targetUrl: url };
}

async function findOwn({ store }: Context, { organization }: Caller, token: unknown): Promise<CustomRobot> {
  const found = await store.customRobots.byToken(hashToken(parseText(token, 'token')));
  if (found?.robot.corpId === organization.corpId) return found.robot;
  throw unknownToken();
}

function parseAction({ actionType, sendNotification }: CustomRobotAction): string {
  if (typeof sendNotification !== 'boolean')
    throw wireError('invalidParameter.param.invalid', { why: 'sendNotification is neither true nor false' });
  return parseText(typeof actionType === 'number' ? String(actionType) : actionType, 'actionType');
}

function parseText(value: unknown, what: string): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= longestText && isCleanText(value))
    return value;
  throw wireError('invalidParameter.param.invalid', {
    why: `${what} is not a text, is blank or too long, or cannot be stored`,
  });
}

const unknownToken = () =>
  wireError('token.notExisted', { why: 'the organization has no custom robot with this token' });
