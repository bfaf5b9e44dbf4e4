import { withoutDay } from '../../store/engine/partitions.ts';
import type { OrganizationEvent } from '../../store/events.ts';

/** The events after a subscription's position that were read, until all before them were tried. */
export type Progress = {
  /** Adds events that were read; returns those that have to be tried. */
  add(events: readonly OrganizationEvent[]): readonly OrganizationEvent[];
  /** Marks an event as tried. */
  done(offset: number): void;
  /** Returns the offset up to which nothing is left to try. */
  position(): number;
  /** Returns the offset up to which events were read. */
  readTo(): number;
  /** Returns how many events were removed before they were tried, since the last call. */
  takeDropped(): number;
};

/**
 * Creates the progress of a subscription at a position.
 *
 * @param isWanted whether the subscription gets an event; others are skipped
 */
export function createProgress(start: number, isWanted: (event: OrganizationEvent) => boolean): Progress {
  const open: { readonly offset: number; isDone: boolean }[] = [];
  const byOffset = new Map<number, { isDone: boolean }>();
  let position = start;
  let readTo = start;
  let dropped = 0;
  const settle = () => {
    for (let first = open[0]; first?.isDone; first = open[0]) {
      position = first.offset;
      byOffset.delete(first.offset);
      open.shift();
    }
  };
  return {
    add(events) {
      const wanted: OrganizationEvent[] = [];
      for (const event of events) {
        const { offset } = event;
        // Numbers have no gaps: missing ones were removed, with the partition of their day or one by one.
        dropped += withoutDay(offset) - withoutDay(readTo) - 1 + Number(event.event === 'removed');
        readTo = offset;
        const isSkipped = event.event === 'removed' || !isWanted(event);
        const entry = { offset, isDone: isSkipped };
        open.push(entry);
        byOffset.set(offset, entry);
        if (!isSkipped) wanted.push(event);
      }
      settle();
      return wanted;
    },
    done(offset) {
      const entry = byOffset.get(offset);
      if (entry) entry.isDone = true;
      settle();
    },
    position: () => position,
    readTo: () => readTo,
    takeDropped() {
      const count = dropped;
      dropped = 0;
      return count;
    },
  };
}
