import type { CustomRobot, CustomRobotChange } from '../../store/custom-robots/custom-robots.ts';
import type { Organization } from '../../store/model.ts';
import { hashToken } from '../access/secrets.ts';
import type { Context } from '../context.ts';
import { changeCustomRobot, createCustomRobot, renderWebhookPath, storeToken } from './robots.ts';
import { decryptSecret, encryptSecret } from './secrets.ts';

/** A custom robot of a configuration file; see `docs/reference/options.md`. */
export type SetupCustomRobot = {
  readonly robotCode: string;
  readonly name: string;
  readonly token: string;
  readonly secret?: string | undefined;
  readonly keywords?: readonly string[] | undefined;
  readonly addresses?: readonly string[] | undefined;
  readonly disabled?: boolean | undefined;
};

/** Creates or updates the custom robots of a group in a configuration file. Deleted ones stay deleted. */
export async function applyCustomRobots(
  context: Context,
  { corpId, code }: Organization,
  conversationId: number,
  robots: readonly SetupCustomRobot[],
): Promise<void> {
  const { store, log } = context;
  for (const given of robots) {
    const { robotCode, secret } = given;
    const known = await store.customRobots.byCode(corpId, robotCode);
    if (!known) await createCustomRobot(context, { ...given, corpId, conversationId, sign: secret ?? false });
    else if (known.deletedAt === null) await update(context, known, conversationId, given);
    else log.info({ corpId: code, robotCode }, 'a configured custom robot was deleted and stays deleted');
  }
}

/** Absent lists stay as they are. An unchanged token or secret is encrypted again only if it cannot be read. */
async function update(context: Context, known: CustomRobot, conversationId: number, given: SetupCustomRobot) {
  const { name, token, secret, keywords = known.keywords, addresses = known.addresses } = given;
  const change: CustomRobotChange = {
    ...{ name, conversationId, keywords, addresses, disabled: given.disabled ?? known.disabled },
    ...(!hasToken(context, known, token) && storeToken(context, token)),
    ...(secret !== undefined && !hasSecret(context, known, secret) && { secret: encryptSecret(context, secret) }),
  };
  if (isChanged(known, change)) await changeCustomRobot(context, known, change);
}

const hasToken = (context: Context, known: CustomRobot, token: string) =>
  known.tokenHash === hashToken(token) && renderWebhookPath(context, known) !== undefined;

const hasSecret = (context: Context, { secret }: CustomRobot, text: string) =>
  secret !== null && decryptSecret(context, secret) === text;

function isChanged(known: CustomRobot, change: CustomRobotChange): boolean {
  return JSON.stringify({ ...known, ...change }) !== JSON.stringify(known);
}

/** The webhook of a custom robot: path and query, and the secret for signatures; null if messages need none. */
export type SetupWebhook = { readonly path: string; readonly secret: string | null };

/** Returns the webhook of a configured custom robot; undefined if it was deleted. */
export async function findSetupWebhook(
  context: Context,
  corpCode: string,
  robotCode: string,
): Promise<SetupWebhook | undefined> {
  const corpId = context.directory.now.organization(corpCode)?.corpId ?? 0;
  const robot = await context.store.customRobots.byCode(corpId, robotCode);
  const path = robot && renderWebhookPath(context, robot);
  if (!robot || path === undefined) return undefined;
  return { path, secret: robot.secret === null ? null : (decryptSecret(context, robot.secret) ?? null) };
}
