/** Starts and closes emulators of the package file that the first argument names, and prints how long they took. */
import { pathToFileURL } from 'node:url';
import { median } from './lib/stats.ts';

/** Milliseconds of the first emulator and medians of the later ones; microseconds of processor time of a later one. */
export type EmulatorTimes = {
  readonly first: number;
  readonly onPort: number;
  readonly withoutSocket: number;
  readonly processor: number;
};

type Start = (options: { readonly socket: boolean }) => Promise<{ close(): Promise<void> }>;

const [file = '', count = ''] = process.argv.slice(2);
const loading = performance.now();
const { startEmulator } = (await import(pathToFileURL(file).href)) as { startEmulator: Start };

async function measureTime(socket: boolean): Promise<number> {
  const started = performance.now();
  await (await startEmulator({ socket })).close();
  return performance.now() - started;
}

async function times(socket: boolean): Promise<number> {
  const taken: number[] = [];
  while (taken.length < Number(count)) taken.push(await measureTime(socket));
  return median(taken);
}

await measureTime(true);
const first = performance.now() - loading;
const before = process.cpuUsage();
const [onPort, withoutSocket] = [await times(true), await times(false)];
const { user, system } = process.cpuUsage(before);
const said: EmulatorTimes = { first, onPort, withoutSocket, processor: (user + system) / (2 * Number(count)) };
process.stdout.write(`${JSON.stringify(said)}\n`);
