import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { startEmulator } from '../../src/emulator/index.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { bounded, type Figure, plain } from '../lib/figure.ts';
import { median } from '../lib/stats.ts';

type Start = typeof startEmulator;

/**
 * The cost of an emulator in a test: start and close with the demo data, in a process that has loaded the package
 * before.
 */
export const emulatorSection: Section = {
  title: ({ emulators }) => `startEmulator() and close(), ${emulators} times one after the other in one process`,
  async run({ settings }: Bench) {
    const loading = performance.now();
    const from = pathToFileURL(join(settings.dist, 'emulator.js')).href;
    const { startEmulator } = (await import(from)) as { startEmulator: Start };
    await measureTime(startEmulator, true);
    const first = performance.now() - loading;
    return [
      ...(await times(startEmulator, 'on a port', true, settings.emulators)),
      ...(await times(startEmulator, 'without a socket', false, settings.emulators)),
      plain('the first of a process, loading included', first, 'ms'),
    ];
  },
};

async function times(start: Start, name: string, socket: boolean, count: number): Promise<readonly Figure[]> {
  const taken: number[] = [];
  for (let i = 0; i < count; i++) taken.push(await measureTime(start, socket));
  return [
    bounded(plain(`${name}, half within`, median(taken), 'ms', taken), { bound: 'under', value: 20 }),
    plain(`${name}, slowest`, Math.max(...taken), 'ms'),
  ];
}

async function measureTime(start: Start, socket: boolean): Promise<number> {
  const started = performance.now();
  await (await start({ socket })).close();
  return performance.now() - started;
}
