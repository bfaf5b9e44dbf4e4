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
const numRuns = repeats('HUIZHI_MODEL_RUNS', 200, 5000);
const seed = process.env.HUIZHI_MODEL_SEED;

// In memory where there is such a folder: what a disk does to a file is not what is tested here.
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'huizhi-model-'));
afterAll(() => rmSync(folder, { recursive: true }));

// The machine's time stands still; only the emulator's clock, which every rule asks, is moved.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('whatever is sent, read, recalled and restarted, all that can be seen is what a toy model says', {
  timeout: numRuns * 1000,
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
