import { expect, test } from 'vitest';
import { isLong } from '../support/long.ts';
import { renderFailure } from './report.ts';
import { runFuzz } from './run.ts';

const minutes = isLong ? 120 : 10;

// The ordinary counts reach every kind of block of each command.
const runs = [
  ['dev', 1, isLong ? 50_000 : 900],
  ['serve', 2, isLong ? 50_000 : 600],
] as const;

test.each(runs)(
  '%s answers generated requests as documented, and is neither changed by what it refuses nor brought down',
  { timeout: minutes * 60_000 },
  async (command, seed, count) => {
    const report = await runFuzz({ command, seed, count, connections: 16 });
    expect(report.failures.map(renderFailure)).toEqual([]);
    expect([report.requests, report.compared > 0, report.outcomes.size > 20]).toEqual([count, true, true]);
  },
);
