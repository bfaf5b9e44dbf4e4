import type { ClockState, TestClock } from '../clock.ts';
import type { Context } from '../context.ts';

/**
 * What all emulators on one database have in common: the time, and the secret of a restored snapshot. `turn` rises with each change,
 * `era` when everything was replaced.
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

/** Lets the other processes on the database have this one's time before their next answers; `anew` when everything was replaced. */
export async function shareEmulation(context: Context, controls: SharedControls, anew = false): Promise<void> {
  const { store, directory } = context;
  if (store.driver.exclusive) return;
  const { shared, clock, secret } = controls;
  shared.turn++;
  if (anew) shared.era++;
  const emulation: Emulation = { ...shared, clock: clock.state(), secret: secret.current() };
  await store.processes.share(settingName, JSON.stringify(emulation));
  await directory.refresh();
}

/** Takes the time, and what else has changed, from the process that changed it. */
export async function adoptEmulation(context: Context, controls: SharedControls): Promise<void> {
  const { store, events, openedTokens, openedKeys } = context;
  const text = store.driver.exclusive ? undefined : await store.setting(settingName);
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
  openedTokens.clear();
  openedKeys.clear();
  events.end();
}
