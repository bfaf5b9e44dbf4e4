import type { HttpBindings } from '@hono/node-server';
import type { Context as HonoContext } from 'hono';
import type { Operator } from '../../core/console/operators.ts';
import type { Context } from '../../core/context.ts';
import type { Bodies } from '../server/body/bodies.ts';
import type { Uploads } from '../server/body/uploads.ts';
import { findClientAddress } from '../server/client-address.ts';

/**
 * Hono's context on our own routes: node's request and response if there is a socket, the request id, the reader of
 * bodies, and the code of the error that was returned.
 */
export type Env = {
  Bindings: Partial<HttpBindings>;
  Variables: { requestId: string; bodies: Bodies; uploads: Uploads; refusal: string | undefined };
};

/**
 * Hono's context on the console's routes: also the authenticated operator, and the context of core/, limited to the
 * organizations in which the operator has the right that the call needs.
 */
export type ConsoleEnv = Env & { Variables: Env['Variables'] & { operator: Operator; context: Context } };

/** Returns the network address of the socket, of the client or of a proxy; the loopback address if there is no socket. */
export function getSocketAddress<E extends Env>(c: HonoContext<E>): string {
  return c.env?.incoming?.socket.remoteAddress ?? '127.0.0.1';
}

/** Returns the network address of the client; behind a proxy that the operator trusts, the one in X-Forwarded-For. */
export function getAddress<E extends Env>(c: HonoContext<E>, { options }: Pick<Context, 'options'>): string {
  const headers = () => c.req.header();
  return findClientAddress({ address: getSocketAddress(c), headers }, options.trustedProxies);
}
