import type { HttpBindings } from '@hono/node-server';
import type { Context as HonoContext } from 'hono';
import type { Operator } from '../../core/console/operators.ts';
import type { Bodies } from '../server/bodies.ts';

/** What our own routes find in their context: node's objects when there is a socket, the id of the request, and what reads its body. */
export type Env = { Bindings: Partial<HttpBindings>; Variables: { requestId: string; bodies: Bodies } };

/** What the console's handlers find in their context: who acts. */
export type ConsoleEnv = Env & { Variables: Env['Variables'] & { operator: Operator } };

/** The caller's network address. */
export function addressOf<E extends Env>(c: HonoContext<E>): string {
  return c.env?.incoming?.socket.remoteAddress ?? '127.0.0.1';
}
