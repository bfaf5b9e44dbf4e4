import type { Eventually } from '../../store/engine/sql.ts';
import type { Pending } from '../../store/model.ts';

/**
 * The outcome of a delivery attempt: delivered, unknown, held until it is released, or to be repeated at a time
 * (`until`, epoch milliseconds).
 */
export type Attempt = 'delivered' | 'unknown' | 'held' | { readonly until: number };

/**
 * Delivers messages. A server delivers to the inbox in its own store, a relay to the real service; the emulator can
 * hold, delay or lose attempts.
 */
export type Upstream = { attempt(message: Pending): Eventually<Attempt> };

/**
 * The inbox in our own store. An attempt always succeeds, because recording it as delivered is what puts the message
 * into the inbox.
 */
export const ownInbox: Upstream = { attempt: () => 'delivered' };
