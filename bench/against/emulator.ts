import { join } from 'node:path';
import type { EmulatorTimes } from '../emulator-loop.ts';
import type { Comparison, Quantity } from '../lib/against.ts';
import type { Bench } from '../lib/bench.ts';
import { type Build, exportedFile } from '../lib/build.ts';
import { startNode } from '../lib/process.ts';

/** startEmulator() and close(): the first of a process, with loading the package, and later ones. */
export const emulator: Comparison = {
  title: ({ emulators }) =>
    `startEmulator() and close(): the first of a process, and half of ${emulators} later ones on a port and without a socket`,
  prepare: async (bench) => ({
    start: async (build) => ({
      loads: [{ name: 'startEmulator', run: () => runLoop(bench, build) }],
      stop: async () => {},
    }),
    close: async () => {},
  }),
};

async function runLoop({ settings, workspace }: Bench, build: Build): Promise<readonly Quantity[]> {
  const loop = join(import.meta.dirname, '../emulator-loop.ts');
  const child = await startNode([loop, exportedFile(build, 'emulator'), String(settings.emulators)], workspace.folder);
  await child.stop();
  const { first, onPort, withoutSocket, processor } = child.said as unknown as EmulatorTimes;
  return [
    { name: 'the first, loading included', unit: 'ms', value: first },
    { name: 'later, on a port', unit: 'ms', value: onPort },
    { name: 'later, without a socket', unit: 'ms', value: withoutSocket },
    { name: 'later, processor time', unit: 'us', value: processor },
  ];
}
