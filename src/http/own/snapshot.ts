import { z } from 'zod';
import type { Dump } from '../../core/dev/controls.ts';
import { faultRule, reader } from '../../wire/own/emulator.ts';

/** A hundred years in milliseconds, the longest duration. */
const longestDuration = 36_525 * 86_400_000;

const milliseconds = z.number().min(0).max(longestDuration);
/** The latest time of a JavaScript Date, in epoch milliseconds. */
const latest = 8_640_000_000_000_000;
const time = z.int().min(0).max(latest);
const mode = z.enum(['instant', 'hold', 'delay', 'timeout']);

/**
 * The schema of a snapshot. It is validated completely before anything is restored, since a partial restore would be
 * worse than none. Durations are milliseconds, not texts such as `10s`, because snapshots are not written by hand.
 */
export const snapshotState = z.strictObject({
  version: z.int(),
  secret: z.string().min(1),
  clock: z.strictObject({ offset: z.number().min(-latest).max(latest), frozenAt: time.nullable() }),
  delivery: z.strictObject({ mode, delay: milliseconds.optional() }),
  readers: z.array(reader.extend({ after: milliseconds })),
  faults: z.array(z.strictObject({ ...faultRule.shape, latency: milliseconds.optional() })),
  store: z.custom<Dump>(isDump, 'is not a dump of tables'),
});

/** Whether a value has the shape of a dump. The store validates the rows when it restores them. */
function isDump(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('tables' in value) || !('version' in value)) return false;
  const { tables } = value;
  if (typeof tables !== 'object' || tables === null) return false;
  return Object.values(tables).every((rows) => Array.isArray(rows) && rows.every(Array.isArray));
}
