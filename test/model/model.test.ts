import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { repeats } from '../support/long.ts';
import { happenings } from './commands.ts';
import { createModel } from './model.ts';
import { createReal } from './real.ts';

/** How many histories are tried; `HUIZHI_MODEL_SEED` repeats those of an earlier run. */
const numRuns = repeats('HUIZHI_MODEL_RUNS', 60, 5000);
const seed = process.env.HUIZHI_MODEL_SEED;

// In memory if there is such a folder: this does not test what a disk does to a file.
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'huizhi-model-'));
afterAll(() => rmSync(folder, { recursive: true }));

// The time of the machine does not move, only the emulator's clock, on which every rule depends.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('after any sequence of sends, reads, recalls and restarts, everything observable is what a simple model predicts', {
  timeout: numRuns * 2000,
}, async () => {
  let steps = 0;
  let histories = 0;
  const history = fc.asyncProperty(fc.commands(happenings, { maxCommands: 40, size: 'max' }), async (commands) => {
    const model = createModel(Date.UTC(2026, 0, 1, 9, 30, 0, 500));
    const real = await createReal(join(folder, `${histories++}.db`), model);
    try {
      await fc.asyncModelRun(() => ({ model, real }), commands);
      steps += [...commands].length;
    } finally {
      await real.close();
    }
  });
  await fc.assert(history, { numRuns, verbose: 1, ...(seed === undefined ? {} : { seed: Number(seed) }) });
  expect(steps).toBeGreaterThan(numRuns);
});
