import type { Eventually } from '../store/engine/sql.ts';
import type { Receipt, Robot } from '../store/model.ts';
import { unencodedKeyHint, wireError } from '../wire/errors.ts';
import { findKindByNumber, firstOfficialKind } from '../wire/vendor/messages.ts';
import type { MessageKey } from './access/seal.ts';
import type { Caller, Context } from './context.ts';
import { findCallerRobot } from './robots.ts';
import { checkTemplate } from './send.ts';

export { createTextCache } from '../store/memory/cache.ts';
export type { Person, Receipt } from '../store/model.ts';

/** A query parameter: how often it was given, and its first value. */
export type Parameter = { readonly count: number; readonly value: string };

/**
 * The parsed parameters of a readStatus. They depend only on the query and the server's secret, so they can be cached.
 */
export type ReadStatusQuery = {
  readonly robotCode: string;
  readonly keyText: string;
  /** Undefined if the key was not issued by this server. */
  readonly key: MessageKey | undefined;
};

/**
 * Checks the parameters and decrypts the key. Throws the vendor's `invalidParameter.*` errors for missing, blank or
 * repeated parameters.
 */
export function parseStatusQuery({ seal }: Context, robotCode: Parameter, processQueryKey: Parameter): ReadStatusQuery {
  checkParameters(robotCode, processQueryKey);
  const keyText = processQueryKey.value;
  return { robotCode: robotCode.value, keyText, key: seal.openKey(keyText) };
}

/**
 * Returns the receipt of a message: who has read it. If the store caches it, the same object is returned until the
 * receipt changes. Checks run in the vendor's order.
 * https://open.dingtalk.com/document/development/chatbot-batch-query-the-read-status-of-messages
 */
export function readStatus(context: Context, caller: Caller, query: ReadStatusQuery): Eventually<Receipt> {
  const robot = findRobot(context, caller, query.key, query.robotCode);
  const key = checkKey(caller, robot, query.key, query.keyText);
  checkAge(context, key);
  const receipt = context.store.receipt(key.corpId, key.messageId);
  if (receipt instanceof Promise) return receipt.then((found) => checkReceipt(context, robot, key, found));
  return checkReceipt(context, robot, key, receipt);
}

function checkParameters(robotCode: Parameter, key: Parameter): void {
  if (robotCode.count === 0) throw wireError('invalidParameter.robotCode.missing', { why: 'no robotCode parameter' });
  if (robotCode.value.trim() === '') throw wireError('invalidParameter.robotCode.empty', { why: 'robotCode is blank' });
  if (key.count === 0)
    throw wireError('invalidParameter.processQueryKey.missing', { why: 'no processQueryKey parameter' });
  if (key.value.trim() === '') throw wireError('invalidParameter.param.invalid', { why: 'processQueryKey is blank' });
  if (robotCode.count > 1 || key.count > 1) {
    throw wireError('invalidParameter.param.invalid', { why: 'a parameter is given twice' });
  }
}

/** Returns the robot with a code. A valid key contains the robot's id, which is faster to look up than the code. */
function findRobot(context: Context, caller: Caller, key: MessageKey | undefined, robotCode: string): Robot {
  const { app, organization } = caller;
  const directory = context.directory.now;
  const named = key && directory.robotOf(key.robotId);
  const isRight = named?.code === robotCode && named.appId === app.id;
  if (isRight && directory.isInstalled(organization.corpId, named.id)) return named;
  return findCallerRobot(context, caller, robotCode);
}

function checkKey({ organization }: Caller, robot: Robot, key: MessageKey | undefined, text: string): MessageKey {
  if (!key) throw badKeyError(text, describeBadKey(text));
  if (key.corpId !== organization.corpId)
    throw badKeyError(text, `the key belongs to another organization than ${organization.code}`);
  if (key.robotId !== robot.id) throw badKeyError(text, `the key belongs to another robot than ${robot.code}`);
  return key;
}

function badKeyError(text: string, why: string) {
  return wireError('invalid.processQueryKey', { why, fill: { hint: text.includes(' ') ? unencodedKeyHint : '' } });
}

function describeBadKey(text: string): string {
  if (text.includes(' ')) return 'the `+` of the key arrived as a space: encode the key in the URL';
  return 'the key was not issued here';
}

/**
 * Throws if a key is too old. A key from the future is accepted: it only shows that clocks differ, or that one was set
 * back.
 */
function checkAge({ clock, options }: Context, { sentAt }: MessageKey): void {
  const age = clock.now() - sentAt;
  if (age > options.readWindow) {
    throw wireError('processQueryKey.expireTime', { why: `the key expired ${age - options.readWindow} ms ago` });
  }
}

function checkReceipt({ directory }: Context, robot: Robot, key: MessageKey, receipt: Receipt | undefined): Receipt {
  if (!receipt) throw wireError('processQueryKey.expireTime', { why: 'the message has been removed' });
  // After the database is restored from a backup, message ids are reused. The send time distinguishes the key of a lost
  // message.
  if (receipt.sentAt !== key.sentAt)
    throw wireError('invalid.processQueryKey', { why: 'the key was issued before the database was restored' });
  if (receipt.conversationId !== null)
    throw wireError('invalid.processQueryKey', { why: 'the key is that of a message to a conversation' });
  const { kind } = receipt;
  const template = kind < firstOfficialKind ? kind : findKindByNumber(kind).template;
  const state = directory.now.template(robot.id, template);
  if (state !== 'active') checkTemplate(state, robot, findKindByNumber(kind).msgKey);
  if (receipt.state === 'unknown' && receipt.recalledAt === null) {
    throw wireError('unknown.send.result', { why: 'an attempt to deliver was made, and its outcome is not known' });
  }
  return receipt;
}
