import type { AuditEntry } from '../../store/console/audit.ts';
import type { CustomRobot, CustomRobotChange } from '../../store/custom-robots/custom-robots.ts';
import { StoreError } from '../../store/engine/sql.ts';
import { huizhiError } from '../../wire/errors.ts';
import { hashToken } from '../access/secrets.ts';
import type { Context } from '../context.ts';
import { createSignSecret, createWebhookToken, decryptSecret, encryptSecret } from './secrets.ts';

/** A custom robot to create. */
export type CustomRobotFields = {
  readonly corpId: number;
  readonly conversationId: number;
  readonly name: string;
  readonly keywords?: readonly string[] | undefined;
  readonly addresses?: readonly string[] | undefined;
  /** Whether its messages need a signature, for which a secret is created; or the secret. */
  readonly sign?: boolean | string | undefined;
  readonly disabled?: boolean | undefined;
  /** Default: random. */
  readonly robotCode?: string | undefined;
  readonly token?: string | undefined;
};

/** What programs need to send through a custom robot; `secret` is null if messages need no signature. */
export type WebhookSecrets = { readonly token: string; readonly secret: string | null };

/** Bytes of a robotCode. */
const codeBytes = 12;

/**
 * Creates a custom robot in a group.
 *
 * @param describe returns an audit entry, which is written with the robot
 * @throws WireError `huizhi.conflict` if the robotCode or the token is in use
 */
export async function createCustomRobot(
  context: Context,
  fields: CustomRobotFields,
  describe?: (robot: CustomRobot) => AuditEntry,
): Promise<{ readonly robot: CustomRobot } & WebhookSecrets> {
  const { corpId, conversationId, name, keywords = [], addresses = [], sign, disabled = false } = fields;
  const code = fields.robotCode ?? `custom${Buffer.from(context.randomBytes(codeBytes)).toString('hex')}`;
  const token = fields.token ?? createWebhookToken(context);
  const secret = typeof sign === 'string' ? sign : sign ? createSignSecret(context) : null;
  const robot: CustomRobot = {
    ...{ corpId, id: await context.store.number('robot'), code, name, conversationId },
    ...storeToken(context, token),
    secret: secret === null ? null : encryptSecret(context, secret),
    ...{ keywords, addresses, disabled, action: null, outgoing: null },
    createdAt: context.clock.now(),
    deletedAt: null,
  };
  if (context.directory.now.robot(code)) throw takenError();
  await context.store.customRobots.create(robot, describe?.(robot)).catch(mapTaken);
  await context.directory.refresh();
  return { robot, token, secret };
}

/**
 * Changes a custom robot. Resolves with the robot as it is now; undefined if it is deleted.
 *
 * @throws WireError `huizhi.conflict` if the token is in use
 */
export async function changeCustomRobot(
  context: Context,
  { corpId, id }: CustomRobot,
  change: CustomRobotChange,
  entry?: AuditEntry,
): Promise<CustomRobot | undefined> {
  const changed = await context.store.customRobots.change(corpId, id, change, entry).catch(mapTaken);
  await context.directory.refresh();
  return changed;
}

/** Deletes a custom robot: its token ends at once, and its messages stay. Resolves with whether it was not deleted. */
export async function deleteCustomRobot(
  context: Context,
  robot: CustomRobot,
  action: string | null,
  entry?: AuditEntry,
): Promise<boolean> {
  const change = { tokenHash: null, token: null, secret: null, action, deletedAt: context.clock.now() };
  return (await changeCustomRobot(context, robot, change, entry)) !== undefined;
}

/** Returns what is stored of a token. */
export function storeToken(context: Context, token: string) {
  return { tokenHash: hashToken(token), token: encryptSecret(context, token) };
}

/** Returns the path and query of a webhook; undefined if its token cannot be read. */
export function renderWebhookPath(context: Context, { token }: CustomRobot): string | undefined {
  const text = token === null ? undefined : decryptSecret(context, token);
  return text === undefined ? undefined : `/robot/send?access_token=${text}`;
}

const takenError = () => huizhiError('huizhi.conflict', 'a robot has this robotCode or token');

function mapTaken(error: unknown): never {
  throw error instanceof StoreError && error.reason === 'taken' ? takenError() : error;
}
