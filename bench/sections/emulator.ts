import { join } from 'node:path';
import type { EmulatorTimes } from '../emulator-loop.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { exportedFile } from '../lib/build.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import { startNode } from '../lib/process.ts';
import { median } from '../lib/stats.ts';

/** The cost of an emulator in a test: start and close with the demo data, in several processes one after the other. */
export const emulatorSection: Section = {
  title: ({ emulators, rounds }) =>
    `startEmulator() and close(): the first of a process, and half of ${emulators} later ones, in ${rounds} processes`,
  async run(bench: Bench) {
    // The first process reads the package from disk and is not counted.
    await runLoop(bench, 1);
    const runs: EmulatorTimes[] = [];
    for (let i = 0; i < bench.settings.rounds; i++) runs.push(await runLoop(bench, bench.settings.emulators));
    const figure = (name: string, pick: (times: EmulatorTimes) => number, [value, ambition]: Bounds): Figure => {
      const samples = runs.map(pick);
      return bounded(plain(name, median(samples), 'ms', samples), { bound: 'at most', value, ambition });
    };
    const processor = runs.map((times) => times.processor);
    return [
      figure('the first of a process, loading included', ({ first }) => first, [80, 50]),
      figure('later, on a port', ({ onPort }) => onPort, [4, 3]),
      figure('later, without a socket', ({ withoutSocket }) => withoutSocket, [4, 3]),
      plain('later, processor time', median(processor), 'us', processor),
    ];
  },
};

type Bounds = readonly [bound: number, ambition: number];

async function runLoop({ settings, workspace }: Bench, count: number): Promise<EmulatorTimes> {
  const loop = join(import.meta.dirname, '../emulator-loop.ts');
  const file = exportedFile({ folder: join(settings.dist, '..') }, 'emulator');
  const child = await startNode([loop, file, String(count)], workspace.folder);
  await child.stop();
  return child.said as unknown as EmulatorTimes;
}
