import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';

/** A suite ticket, which a third-party app needs to request tokens; `createdAt` is in epoch milliseconds. */
export type IssuedTicket = { readonly suiteTicket: string; readonly createdAt: number };

/**
 * Creates the next suite ticket of an app; its two newest are valid. Tickets are sealed numbers, so they are unique and
 * cannot be guessed.
 */
export async function createTicket(
  { store, seal, clock }: Context,
  corpId: number,
  appId: number,
): Promise<IssuedTicket> {
  const suiteTicket = seal.sealPair('ticket', appId, await store.number('ticket'));
  const createdAt = clock.now();
  await store.credentials.putTicket(corpId, appId, suiteTicket, createdAt);
  return { suiteTicket, createdAt };
}

/** Creates a suite ticket for a third-party app. Throws `huizhi.notFound`. */
export async function createTicketFor(context: Context, appKey: string) {
  const app = context.directory.now.app(appKey);
  if (app?.kind !== 'thirdParty') {
    const reason = `no third-party app ${appKey}`;
    throw huizhiError('huizhi.notFound', reason);
  }
  return { appKey, ...(await createTicket(context, app.corpId, app.id)) };
}

/** Lists the valid suite tickets of all third-party apps, grouped by app, newest first. */
export async function listTickets({ directory, store }: Context) {
  const apps = directory.now.apps().filter((app) => app.kind === 'thirdParty');
  const lists = await Promise.all(
    apps.map(async (app) => ({ app, tickets: await store.credentials.tickets(app.corpId, app.id) })),
  );
  return lists.flatMap(({ app, tickets }) =>
    tickets.map(({ ticket, createdAt }) => ({ appKey: app.code, suiteTicket: ticket, createdAt })),
  );
}
