/** How operators sign in without the admin token: by a one-time link, or at an OpenID provider. */
import { huizhiError } from '../../wire/errors.ts';
import { operatorLinkWindow } from '../../wire/limits.ts';
import { createTooManyAttemptsError } from '../access/attempts.ts';
import { hashToken, randomText } from '../access/secrets.ts';
import { countSignIn } from '../access/sign-ins.ts';
import { type OpenedSession, type Operator, openAccountSession } from '../console/operators.ts';
import type { Context } from '../context.ts';
import { auditOf, requireAccount } from './accounts.ts';
import { foldEmail } from './emails.ts';

/**
 * Creates a one-time link for an operator, valid for some milliseconds. Only its hash is stored, and earlier links of
 * the operator end. Throws `huizhi.notFound`, and `huizhi.conflict` for a disabled operator.
 */
export async function createLink(
  context: Context,
  operator: Operator,
  operatorId: string,
  validFor = operatorLinkWindow,
) {
  const account = await requireAccount(context, operatorId);
  if (account.disabledAt !== null) throw huizhiError('huizhi.conflict', `operator ${operatorId} is disabled`);
  const link = randomText(32);
  const expiresAt = context.clock.now() + validFor;
  const entry = { ...auditOf(context, operator, account), action: 'operator.link', was: null, became: { expiresAt } };
  await context.store.accounts.putLink(hashToken(link), account.id, expiresAt, entry);
  return { link, expiresAt };
}

/**
 * Signs in with a one-time link, which this uses up. `address` is the client's, for the delays after failures; they do
 * not apply to a stored link. Throws `huizhi.unauthorized`, `huizhi.tooManyRequests`.
 */
export async function signInByLink(context: Context, link: string, address: string): Promise<OpenedSession> {
  const { accounts } = context.store;
  const hash = hashToken(link);
  const check = async () => {
    const account = await accounts.takeLink(hash, context.clock.now());
    return account && account.disabledAt === null ? openAccountSession(context, account) : undefined;
  };
  const opened = await countSignIn(
    context,
    'link',
    async () =>
      ((await accounts.hasLink(hash)) ? await check() : undefined) ??
      (await context.attempts.run({ queue: `sign-in links from ${address}` }, check, createTooManyAttemptsError)),
  );
  if (!opened) throw huizhiError('huizhi.unauthorized', 'the link is wrong, used or expired');
  return opened;
}

/** Signs in the operator with an email address that the provider vouches for; undefined if there is none. */
export async function signInByEmail(context: Context, email: string): Promise<OpenedSession | undefined> {
  const account = await context.store.accounts.byEmail(foldEmail(email));
  return account && account.disabledAt === null ? openAccountSession(context, account) : undefined;
}
