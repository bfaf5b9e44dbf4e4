import { type ErrorCode, wireError } from '../wire/errors.ts';
import { toText } from '../wire/json.ts';
import { maxRecallKeys, recallWindow } from '../wire/limits.ts';
import type { Caller, Context } from './context.ts';
import { everybody } from './events.ts';

export type RecallBody = { readonly robotCode: unknown; readonly processQueryKeys: unknown };

/** The keys that were recalled, and the error code of each key that was not. */
export type Recalled = { readonly recalled: readonly string[]; readonly failed: ReadonlyMap<string, ErrorCode> };

/**
 * Recalls messages within 24 hours of the send. Each key succeeds or fails individually; recalling a message again
 * succeeds. A key for which `faultOf` returns a code fails with it and is not recalled. Throws the vendor's
 * `invalidParameter.*` errors for the request as a whole.
 * https://open.dingtalk.com/document/development/batch-message-recall-chat
 */
export async function recall(
  context: Context,
  caller: Caller,
  body: RecallBody,
  faultOf: (key: string) => ErrorCode | undefined = () => undefined,
): Promise<Recalled> {
  const robotId = findRobotId(context, caller, body.robotCode);
  const keys = parseKeys(body.processQueryKeys);
  const recalled = await recallEach(keys, faultOf, (key) => recallOne(context, caller, robotId, key));
  return countRecalls(context, 'users', recalled);
}

/** Recalls the message of each key, unless a fault is injected for it. Returns which keys were recalled. */
export async function recallEach(
  keys: readonly string[],
  faultOf: (key: string) => ErrorCode | undefined,
  recallKey: (key: string) => Promise<ErrorCode | undefined>,
): Promise<Recalled> {
  const recalled: string[] = [];
  const failed = new Map<string, ErrorCode>();
  const outcomes = await Promise.all(keys.map((key) => faultOf(key) ?? recallKey(key)));
  keys.forEach((key, i) => {
    const code = outcomes[i];
    if (code) failed.set(key, code);
    else recalled.push(key);
  });
  return { recalled, failed };
}

/** Counts the keys of a recall, and returns it. */
export function countRecalls({ meters }: Context, to: 'users' | 'conversation', all: Recalled): Recalled {
  meters.count('huizhi_recalls_total', { to, result: 'recalled' }, all.recalled.length);
  meters.count('huizhi_recalls_total', { to, result: 'refused' }, all.failed.size);
  return all;
}

function findRobotId({ directory }: Context, { app, organization }: Caller, robotCode: unknown): number {
  const robot = typeof robotCode === 'string' ? directory.now.robot(robotCode) : undefined;
  const usable = robot && robot.appId === app.id && directory.now.isInstalled(organization.corpId, robot.id);
  if (usable) return robot.id;
  throw wireError('invalidParameter.robotCode', {
    why: `${toText(robotCode) ?? 'robotCode'} is not a robot of app ${app.code} in organization ${organization.code}`,
  });
}

/** Parses the keys of a recall: up to 20, without repetitions. Throws `invalidParameter.*` errors. */
export function parseKeys(keys: unknown): readonly string[] {
  if (!Array.isArray(keys))
    throw wireError('invalidParameter.param.invalid', { why: 'processQueryKeys is not a list' });
  if (keys.length === 0) {
    throw wireError('invalidParameter.processQueryKey.missing', { why: 'processQueryKeys is empty' });
  }
  if (keys.length > maxRecallKeys) {
    const why = `there are ${keys.length} keys, and at most ${maxRecallKeys} are allowed`;
    throw wireError('invalidParameter.processQueryKeys.overMax', { why });
  }
  if (!keys.every((key) => typeof key === 'string')) {
    throw wireError('invalidParameter.param.invalid', { why: 'a processQueryKey is not a string' });
  }
  return [...new Set(keys as readonly string[])];
}

async function recallOne(
  context: Context,
  caller: Caller,
  robotId: number,
  text: string,
): Promise<ErrorCode | undefined> {
  const { store, seal, clock, events } = context;
  const key = seal.openKey(text);
  if (!key || key.corpId !== caller.organization.corpId) return 'invalid.processQueryKey';
  if (key.robotId !== robotId) return 'not.allowed.robotCode';
  if (clock.now() - key.sentAt > recallWindow) return 'robot.processQueryKey.expired';
  const receipt = await store.receipt(key.corpId, key.messageId);
  if (receipt?.sentAt !== key.sentAt || receipt.conversationId !== null) return 'invalid.processQueryKey';
  const touched = await store.recall(key.corpId, key.messageId, clock.now());
  events.publish([...touched, { corpId: key.corpId, userId: everybody }]);
  return undefined;
}
