import { expect, test } from 'vitest';
import { renderFailure } from './report.ts';
import { runFuzz } from './run.ts';

const isLong = process.env.HUIZHI_LONG === '1';
const requests = isLong ? 50_000 : 400;
const minutes = isLong ? 120 : 10;

const runs = [
  ['dev', 1],
  ['serve', 2],
] as const;

test.each(isLong ? runs : runs.slice(0, 1))(
  '%s answers generated requests as documented, and is neither changed by what it refuses nor brought down',
  { timeout: minutes * 60_000 },
  async (command, seed) => {
    const report = await runFuzz({ command, seed, count: requests, connections: 16 });
    expect(report.failures.map(renderFailure)).toEqual([]);
    expect([report.requests, report.compared > 0, report.outcomes.size > 20]).toEqual([requests, true, true]);
  },
);
