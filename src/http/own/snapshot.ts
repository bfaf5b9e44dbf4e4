import { z } from 'zod';
import type { Dump } from '../../core/dev/controls.ts';
import { faultRule, reader } from '../../wire/own/emulator.ts';

const milliseconds = z.number().min(0);
const mode = z.enum(['instant', 'hold', 'delay', 'timeout']);

/**
 * What a snapshot holds, checked as a whole before anything of it is taken: one half restored would be worse than none. Durations
 * are numbers here, since a snapshot is not written by people.
 */
export const snapshotState = z.object({
  version: z.int(),
  secret: z.string().min(1),
  clock: z.object({ offset: z.number(), frozenAt: z.number().nullable() }),
  delivery: z.object({ mode, delay: milliseconds.optional() }),
  readers: z.array(reader.extend({ after: milliseconds })),
  faults: z.array(z.object({ ...faultRule.shape, latency: milliseconds.optional() })),
  store: z.custom<Dump>(isDump, 'is not a dump of tables'),
});

/** Rows are looked at by the store that takes them. */
function isDump(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('tables' in value) || !('version' in value)) return false;
  const { tables } = value;
  if (typeof tables !== 'object' || tables === null) return false;
  return Object.values(tables).every((rows) => Array.isArray(rows) && rows.every(Array.isArray));
}
