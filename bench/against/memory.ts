import type { Comparison, Quantity } from '../lib/against.ts';
import type { Bench } from '../lib/bench.ts';
import type { Build } from '../lib/build.ts';
import { startHuizhi } from '../lib/huizhi.ts';
import { settledMemory } from '../sections/memory.ts';

/** Resident memory of an idle `dev`. */
export const memory: Comparison = {
  title: () => 'resident memory of an idle dev',
  prepare: async (bench) => ({
    start: async (build) => ({ loads: [{ name: 'dev, idle', run: () => idle(bench, build) }], stop: async () => {} }),
    close: async () => {},
  }),
};

async function idle({ workspace }: Bench, { dist }: Build): Promise<readonly Quantity[]> {
  const huizhi = await startHuizhi({ dist, folder: workspace.folder }, ['dev']);
  try {
    return [{ name: 'resident memory', unit: 'MB', value: (await settledMemory(huizhi.pid)) / 1e6 }];
  } finally {
    await huizhi.stop();
  }
}
