import type { Eventually } from '../store/engine/sql.ts';
import type { Pending } from '../store/model.ts';

/**
 * What an attempt to deliver came to: it may be recorded as delivered, its outcome is unknown, it waits until a time (epoch
 * milliseconds), or it waits until somebody lets it go.
 */
export type Attempt = 'delivered' | 'unknown' | 'held' | { readonly until: number };

/**
 * Where messages go. In a server of our own that is the inbox in the same store; a relay attempts the real service here, and the
 * emulator holds, delays or loses attempts.
 */
export type Upstream = { attempt(message: Pending): Eventually<Attempt> };

/** Our own inbox: an attempt cannot fail by itself, since its record is its effect. */
export const ownInbox: Upstream = { attempt: () => 'delivered' };
