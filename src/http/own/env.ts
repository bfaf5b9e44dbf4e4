import type { HttpBindings } from '@hono/node-server';
import type { Context as HonoContext } from 'hono';

/** What our own routes find in their context: node's objects when there is a socket, and the id of the request. */
export type Env = { Bindings: Partial<HttpBindings>; Variables: { requestId: string } };

/** The caller's network address. */
export function addressOf<E extends Env>(c: HonoContext<E>): string {
  return c.env?.incoming?.socket.remoteAddress ?? '127.0.0.1';
}
