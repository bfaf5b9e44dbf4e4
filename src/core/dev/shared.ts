import type { ClockState, TestClock } from '../clock.ts';
import type { Context } from '../context.ts';

/**
 * The state that all emulator processes on one database share: the clock, and the secret, which a restored snapshot
 * replaces. `turn` increases with each change, `era` when the whole state was replaced.
 */
type Emulation = {
  readonly turn: number;
  readonly era: number;
  readonly clock: ClockState;
  readonly secret: string;
};

/** The controls that all emulators on one database share. */
export type SharedControls = {
  readonly clock: TestClock;
  /** The newest `turn` and `era` that this process has applied. */
  readonly shared: { turn: number; era: number };
  /** The server's secret, which is part of a snapshot. */
  readonly secret: { current(): string; replace(secret: string): void };
};

const settingName = 'emulation';

/**
 * Publishes clock and secret to the other processes, which apply them before their next response. `isReplaced`: the
 * whole state was replaced.
 */
export async function shareEmulation(context: Context, controls: SharedControls, isReplaced = false): Promise<void> {
  const { store, directory } = context;
  const { shared, clock, secret } = controls;
  shared.turn++;
  if (isReplaced) shared.era++;
  const emulation: Emulation = { ...shared, clock: clock.state(), secret: secret.current() };
  if (await store.shareSetting(settingName, JSON.stringify(emulation))) await directory.refresh();
}

/** Applies the clock and secret that another process has published. */
export async function adoptEmulation(context: Context, controls: SharedControls): Promise<void> {
  const { store, events } = context;
  const text = await store.sharedSetting(settingName);
  if (text === undefined) return;
  const { turn, era, clock, secret } = JSON.parse(text) as Emulation;
  const { shared } = controls;
  if (turn <= shared.turn) return;
  const isNew = era !== shared.era;
  Object.assign(shared, { turn, era });
  controls.clock.restore(clock);
  if (!isNew) return;
  store.forget();
  controls.secret.replace(secret);
  events.end();
  // Not awaited: a check may need the directory, whose read has led here.
  void context.dispatcher.pause().then(context.dispatcher.check);
}
