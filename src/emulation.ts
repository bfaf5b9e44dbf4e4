/** The parts of a server that only an emulator has. */
import type { Config } from './config/options.ts';
import { createSeededBytes, type RandomBytes } from './core/access/random.ts';
import type { ReplaceableSeal } from './core/access/seal.ts';
import { type ClockStart, createTestClock } from './core/clock.ts';
import { type Controls, createControls, moveClock } from './core/dev/controls.ts';
import type { Setup } from './core/setup.ts';
import { createHttpWaits } from './emulator/http-waits.ts';
import type { WaitParts } from './emulator/waits.ts';
import type { AppParts } from './http/parts.ts';
import type { RequestIds } from './http/server/request-id.ts';

/**
 * What differs between the emulator in a test and `dev`: the start of the clock, and the seed of the request ids, if
 * any.
 */
export type Emulation = { readonly begin: ClockStart; readonly seed: string | undefined };

const emptySetup: Setup = { organizations: [], apps: [], robots: [] };

/** The parts of the app that only the emulator has. */
export function createEmulatorParts(
  config: Config,
  { context, controls }: WaitParts,
  closing: AbortSignal,
): Partial<AppParts> {
  if (!controls) return {};
  const waits = createHttpWaits({ context, controls }, closing);
  return { emulator: { controls, setup: config.setup ?? emptySetup, waits }, trustedHosts: listTrustedHosts(config) };
}

/**
 * Resolves when all accepted messages are delivered, so that a test sees a message as PROCESSING only after a hold.
 */
export function waitUntilIdle({ context, controls }: WaitParts): Promise<void> {
  if (controls === undefined || controls.clock.state().frozenAt === null) return context.deliverer.idle();
  return moveClock(context, controls, { advance: 0 });
}

/** Returns the host names that `dev` accepts in addition to those of the loopback interface. */
function listTrustedHosts({ host, publicUrl, trustedHosts = [] }: Config): readonly string[] {
  return [host, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]), ...trustedHosts];
}

/** Creates the controls of an emulator and, with a seed, its deterministic request ids and identifiers. */
export async function createEmulation(
  seal: ReplaceableSeal,
  { begin, seed }: Partial<Emulation> = {},
): Promise<{ readonly controls: Controls; readonly requestIds?: RequestIds; readonly bytes?: RandomBytes }> {
  const clock = createTestClock(begin);
  if (seed === undefined) return { controls: createControls(clock, seal) };
  const { createSeededRequestIds } = await import('./http/server/seeded-request-ids.ts');
  const requestIds = createSeededRequestIds(seed, clock.now);
  const bytes = createSeededBytes(seed);
  const restartIds = () => {
    requestIds.restart();
    bytes.restart();
  };
  const controls = createControls(clock, seal, { stopwatch: clock.now, restartIds });
  return { controls, requestIds: requestIds.next, bytes: bytes.next };
}
