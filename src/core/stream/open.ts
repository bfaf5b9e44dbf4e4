import type { App } from '../../store/model.ts';
import { huizhiError, wireError } from '../../wire/errors.ts';
import { ticketLifetime } from '../../wire/limits.ts';
import { maskUnknown } from '../access/masked.ts';
import { hashToken } from '../access/secrets.ts';
import { type Credentials, verifyCredentials } from '../access/tokens.ts';
import type { Context } from '../context.ts';
import type { Subscription } from './frames.ts';
import type { NewConnection } from './hub.ts';
import { createTicketUuid } from './uuids.ts';

/** What a client wants to listen to, and what it says about itself. */
export type StreamRequest = Credentials & { readonly subscriptions: readonly Subscription[]; readonly client: string };

/**
 * Issues a ticket, which opens one connection within 90 s of the context's clock. Throws `authFailed` for wrong
 * credentials, and the vendor's rate-limit error if the app has too many connections or open tickets.
 */
export async function issueStreamTicket(context: Context, request: StreamRequest): Promise<string> {
  const { store, clock, directory, options, randomBytes, hub } = context;
  if (hub.isStopping()) throw stoppingError();
  const app = await verifyCredentials(context, request);
  if (!app) throw wireError('authFailed', { why: `there is no app ${maskUnknown(request.key)} with this secret` });
  const most = options.streamConnections;
  if ((await hub.list(app)).length >= most) throw tooManyError(app, 'connections', most);
  const now = clock.now();
  const ticket = createTicketUuid(randomBytes, now);
  const stored = {
    corpId: app.corpId,
    hash: hashToken(ticket),
    appId: app.id,
    era: directory.now.era(app.id),
    subscriptions: JSON.stringify(request.subscriptions),
    client: request.client,
    expiresAt: now + ticketLifetime,
  };
  if (!(await store.streams.putTicket(stored, now, most))) throw tooManyError(app, 'open tickets', most);
  return ticket;
}

/** The connection that a ticket opens. */
export type Admission = Omit<NewConnection, 'link'>;

/**
 * Redeems a ticket. Throws `authFailed` if it is unknown, used, expired or of an earlier era of its app, and the
 * vendor's rate-limit error if the app has too many connections. Pass the result to `confirm` before it is registered.
 */
export async function redeemStreamTicket(context: Context, ticket: string): Promise<Admission> {
  const { store, clock, directory, options } = context;
  await directory.current();
  const id = await store.number('stream');
  const process = store.driver.exclusive ? undefined : store.processes.own();
  const most = options.streamConnections;
  const found = await store.streams.redeem(hashToken(ticket), { id, process, ticket, now: clock.now(), most });
  if (found === 'full') throw tooManyError(undefined, 'connections', most);
  if (!found) throw refusedError('the ticket is unknown, used or expired');
  const { corpId, appId, era, client } = found;
  const subscriptions = JSON.parse(found.subscriptions) as Subscription[];
  const app = directory.now.appOf(appId);
  const { code: appKey = '', uuid: appUuid = '' } = app ?? {};
  return { id, corpId, appId, appKey, appUuid, era, client, connectionId: ticket, subscriptions };
}

/**
 * Checks immediately before a connection is registered what may have changed since its ticket was redeemed. Throws like
 * `redeemStreamTicket`.
 */
export function confirm({ directory, hub, store, options }: Context, { appId, era }: Admission): void {
  const app = directory.now.appOf(appId);
  if (!app || directory.now.era(appId) !== era)
    throw refusedError('the secret of the app was rotated, or an authorization ended, after the ticket was issued');
  if (hub.isStopping()) throw stoppingError();
  const most = options.streamConnections;
  // On a shared database, the connections were counted with the row of this one.
  if (store.driver.exclusive && hub.size(appId) >= most) throw tooManyError(app, 'connections', most);
}

/** Removes the row of a connection that was not opened. */
export async function abandon({ store, log }: Context, { corpId, id }: Admission): Promise<void> {
  if (store.driver.exclusive) return;
  await store.streams
    .dropConnection(corpId, id)
    .catch((err: unknown) => log.debug({ err }, 'cannot remove the row of a connection'));
}

function stoppingError(): Error {
  return huizhiError('huizhi.busy', 'the server is stopping', { retryAfter: 1 });
}

/** The error of a refused handshake: its status is 403, not the 401 of wrong credentials. */
export function refusedError(why: string): Error {
  return wireError('authFailed', { why, status: 403 });
}

function tooManyError(app: App | undefined, what: string, most: number): Error {
  const why = `app ${app?.code ?? 'of the ticket'} has ${most} ${what}; --stream-connections allows more`;
  return wireError('Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', { why, retryAfter: 1 });
}
