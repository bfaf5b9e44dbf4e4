import type { CustomRobot, Webhook } from '../../store/custom-robots/custom-robots.ts';
import { isBlocked } from '../../store/custom-robots/rates.ts';
import type { Robot } from '../../store/model.ts';
import { securityTexts } from '../../wire/error-table/custom-robots.ts';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import { maxWebhookSends, signatureWindow } from '../../wire/limits.ts';
import { webhookKinds } from '../../wire/vendor/webhook-kinds.ts';
import type { WebhookMessage } from '../../wire/vendor/webhook-messages.ts';
import { sameText } from '../access/seal.ts';
import { hashToken } from '../access/secrets.ts';
import type { Context } from '../context.ts';
import { acceptAndDeliver } from '../send.ts';
import { isInRanges } from './addresses.ts';
import { countWebhook, findMessageClaim, type MessageCall, type ReadMessage, readMessage } from './call.ts';
import { renderParam } from './mentions.ts';
import { createSignature, decryptSecret } from './secrets.ts';

/** A call of a webhook. `timestamp` and `sign` are undefined if the address of the call has none. */
export type WebhookCall = MessageCall & {
  readonly token: string;
  readonly timestamp: string | undefined;
  readonly sign: string | undefined;
};

/**
 * Sends a message of a custom robot to the members of its group: checks in the vendor's order, accepts durably, and
 * leaves delivery to the deliverer. Only accepted messages count for the limit of 20 a minute.
 * https://open.dingtalk.com/document/development/custom-robots-send-group-messages
 *
 * @throws OldHostError
 */
export function sendByWebhook(context: Context, call: WebhookCall): Promise<void> {
  return countWebhook(context, 'robot', () => sendChecked(context, call));
}

async function sendChecked(context: Context, call: WebhookCall): Promise<void> {
  await context.directory.current();
  const webhook = await findWebhook(context, call);
  const { robot } = webhook;
  if (robot.disabled) throw new OldHostError(400102, `the custom robot ${robot.code} is disabled`);
  if (webhook.isDisbanded) throw new OldHostError(400013, `the group ${webhook.openConversationId} is disbanded`);
  const read = await readMessage(call);
  checkSecurity(context, robot, call, read.message);
  await accept(context, webhook, call, read);
}

/** Valid tokens are never slowed down. Unknown ones are, by the address from which they come. */
async function findWebhook({ store, attempts }: Context, { token, address }: WebhookCall): Promise<Webhook> {
  const found = await store.customRobots.byToken(hashToken(token));
  if (found) return found;
  const refuse = (retryAfter: number) =>
    new OldHostError(410100, `too many unknown tokens from ${address}`, { retryAfter });
  await attempts.run({ queue: `webhooks from ${address}` }, () => undefined, refuse);
  throw new OldHostError(300005, 'no custom robot has this token');
}

/** Checks the address, then the signature, then the keywords. */
function checkSecurity(context: Context, robot: CustomRobot, call: WebhookCall, { texts }: WebhookMessage): void {
  if (robot.addresses.length > 0 && !isInRanges(robot.addresses, call.address))
    throw refuse('address', `${call.address} is in no address range of the robot`);
  if (robot.secret !== null) checkSignature(context, robot.secret, call);
  const isAllowed =
    robot.keywords.length === 0 || robot.keywords.some((keyword) => texts.some((text) => text.includes(keyword)));
  if (!isAllowed) throw refuse('keyword', 'no text of the message has a keyword of the robot');
}

function checkSignature(context: Context, stored: string, { timestamp = '', sign = '' }: WebhookCall): void {
  if (timestamp === '' || sign === '') throw refuse('signature', 'timestamp or sign is absent');
  const secret = decryptSecret(context, stored);
  if (secret === undefined) {
    context.log.warn({}, "a custom robot's secret cannot be read, because the server's secret changed: replace it");
    throw refuse('signature', "the secret cannot be read, because the server's secret changed");
  }
  if (!/^\d{1,15}$/.test(timestamp)) throw refuse('signature', 'timestamp is not a number of milliseconds');
  const difference = Math.abs(context.clock.now() - Number(timestamp));
  if (difference > signatureWindow) throw refuse('timestamp', `the timestamp differs by ${difference} ms`);
  if (sameText(sign, createSignature(timestamp, secret))) return;
  const hint = sign.includes(' ') ? '; a + arrived as a space: encode the sign' : '';
  throw refuse('signature', `sign is not that of the timestamp and the secret${hint}`);
}

const refuse = (reason: keyof typeof securityTexts, why: string) =>
  new OldHostError(310000, why, { errmsg: securityTexts[reason] });

async function accept(context: Context, webhook: Webhook, call: WebhookCall, read: ReadMessage): Promise<void> {
  const { robot, blockedUntil } = webhook;
  const { corpId, id, conversationId } = robot;
  const { webhookBlock } = context.options;
  const { message } = read;
  const claim = findMessageClaim('/robot/send', id, call, read);
  // A repeat of an accepted message is no new message, so it is answered while the robot is blocked, too.
  if (claim.key === undefined && isBlocked(blockedUntil, context.clock.now(), webhookBlock)) throw tooMany(robot);
  const param = await renderParam(context, robot, message);
  const sent = await acceptAndDeliver(
    context,
    { app: { id: 0 }, organization: { corpId } },
    {
      robot: toSender(robot),
      kind: webhookKinds[message.type].number,
      param,
      userCodes: [],
      conversationId,
      webhookLimit: { perMinute: maxWebhookSends, block: webhookBlock },
    },
    claim,
  );
  if (sent) return;
  const group = await context.store.conversations.find(corpId, conversationId);
  if (group?.disbandedAt === null) throw tooMany(robot);
  throw new OldHostError(400013, `the group of the custom robot ${id} was disbanded`);
}

const tooMany = ({ code }: CustomRobot) =>
  new OldHostError(660026, `the custom robot ${code} has sent more than ${maxWebhookSends} messages in a minute`);

/** Returns a custom robot as the sender of a message. It has no limits per user, and nobody can block it. */
function toSender({ corpId, id, code, name, disabled }: CustomRobot): Robot {
  const limits = { perUserPerMinute: 0, perUserPerDay: 0 };
  return { corpId, id, code, name, appId: 0, disabled, ...limits, unblockable: true, coolAppCode: null };
}
