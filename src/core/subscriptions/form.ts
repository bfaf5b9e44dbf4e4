import type { Eventually } from '../../store/engine/sql.ts';
import type { OrganizationEvent } from '../../store/events.ts';
import type { Try } from './attempt.ts';

/** How the events of a subscription are delivered. */
export type Form = {
  /** Brings up to date what `isWanted` depends on. Called before each page of events. */
  update(): Eventually<void>;
  /** Whether the subscription gets an event. */
  isWanted(event: OrganizationEvent): boolean;
  /** Renders events. Returns for each of them a function that sends it once and never rejects. */
  prepare(events: readonly OrganizationEvent[]): Promise<readonly Send[]>;
  /**
   * Returns when an event is tried again, in epoch milliseconds; undefined after the last attempt.
   *
   * @param tries number of attempts so far
   * @param retryAfter milliseconds for which the receiver has asked to wait
   */
  findNextTry(tries: number, retryAfter: number | undefined): number | undefined;
  /** Whether events stay in the outbox while a receiver fails all the time. */
  readonly canDie: boolean;
  /** Whether there is a receiver, after an attempt has found none. */
  isReachable(): Eventually<boolean>;
};

export type Send = (signal: AbortSignal) => Promise<Try>;
