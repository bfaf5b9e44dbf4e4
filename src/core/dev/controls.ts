import type { Dump, ReadManner, Robot, TemplateState } from '../../store/model.ts';
import { wrongInDump } from '../../store/move/check-dump.ts';
import { wireError } from '../../wire/errors.ts';
import { kindOf, messageKinds } from '../../wire/vendor/messages.ts';
import type { ClockState, TestClock } from '../clock.ts';
import type { Context } from '../context.ts';
import { markRead } from '../read.ts';
import { applySetup, type Setup } from '../setup.ts';
import type { Upstream } from '../upstream.ts';
import { createFaults, type Fault, type Faults } from './faults.ts';
import { createJournal, type Journal } from './journal.ts';
import { createReaders, type Reader, type Readers } from './readers.ts';
import { type SharedControls, shareEmulation } from './shared.ts';

/** How attempts to deliver go; `delay` in milliseconds. */
export type DeliveryMode = {
  readonly mode: 'instant' | 'hold' | 'delay' | 'timeout';
  readonly delay?: number | undefined;
};

/** What a test controls. */
export type Controls = SharedControls & {
  readonly faults: Faults;
  readonly journal: Journal;
  readonly readers: Readers;
  readonly upstream: Upstream;
  /** Milliseconds for the durations in the journal; a seeded emulator takes its clock's, so that two runs tell the same. */
  readonly stopwatch: () => number;
  /** Request ids begin anew with a reset, where they come from a seed. */
  readonly restartIds: () => void;
  delivery(): DeliveryMode;
  setDelivery(mode: DeliveryMode): void;
};

const journalSize = 1000;

/** Creates the controls, at rest: messages arrive at once, nobody reads by himself, nothing fails. */
export function createControls(
  clock: TestClock,
  secret: Controls['secret'],
  {
    stopwatch = () => performance.now(),
    restartIds = () => {},
  }: Partial<Pick<Controls, 'stopwatch' | 'restartIds'>> = {},
): Controls {
  let delivery: DeliveryMode = { mode: 'instant' };
  return {
    clock,
    secret,
    stopwatch,
    restartIds,
    shared: { turn: 0, era: 0 },
    faults: createFaults(),
    journal: createJournal(journalSize),
    readers: createReaders(),
    upstream: {
      attempt({ sentAt }) {
        if (delivery.mode === 'hold') return 'held';
        if (delivery.mode === 'timeout') return 'unknown';
        const until = sentAt + (delivery.delay ?? 0);
        return clock.now() >= until ? 'delivered' : { until };
      },
    },
    delivery: () => delivery,
    setDelivery(mode) {
      delivery = mode;
    },
  };
}

/** Stops the clock, or lets it run on. */
export async function freezeClock(context: Context, controls: Controls, frozen: boolean): Promise<void> {
  controls.clock.freeze(frozen);
  await shareEmulation(context, controls);
}

/** Moves the clock and answers when everything that fell due is done. */
export async function moveClock(
  context: Context,
  controls: Controls,
  to: { advance?: number | undefined; set?: number | undefined },
) {
  // What was sent before has to have fallen due, or be waiting for its time, before the time moves.
  await context.deliverer.idle();
  const { clock } = controls;
  if (to.advance !== undefined) await clock.advance(to.advance);
  if (to.set !== undefined) await clock.set(to.set);
  await shareEmulation(context, controls);
  await context.deliverer.idle();
}

/** Ends a hold, or the attempts without an answer: everything that waits is delivered. Answers how many messages waited. */
export async function release(context: Context, controls: Controls): Promise<number> {
  await context.deliverer.idle();
  const waiting = await context.store.pendingCount();
  controls.setDelivery({ mode: 'instant' });
  await context.deliverer.takeUp();
  await context.deliverer.idle();
  return waiting;
}

/**
 * Lets users (or all recipients who have not left) read a message now, by the same path as people. Throws `huizhi.notFound`, also for users
 * who have left: they cannot read.
 */
export async function readMessage(
  context: Context,
  keyText: string,
  userCodes: readonly string[] | undefined,
  manner: ReadManner,
): Promise<number> {
  const key = context.seal.openKey(keyText);
  const people = key ? await context.store.recipients(key.corpId, key.messageId) : [];
  if (!key || people.length === 0) throw notFound('no message has this processQueryKey');
  const stranger = userCodes?.find((code) => !people.some((person) => person.code === code));
  if (stranger !== undefined) throw notFound(`${stranger} is no recipient of this message`);
  const present = people.filter(({ leftAt }) => leftAt === null);
  const leaver = userCodes?.find((code) => !present.some((person) => person.code === code));
  if (leaver !== undefined) throw notFound(`${leaver} has left the organization`);
  await context.deliverer.idle();
  let read = 0;
  for (const { id: userId, code } of present) {
    if (userCodes && !userCodes.includes(code)) continue;
    read += (await markRead(context, { corpId: key.corpId, userId }, [key.messageId], manner)).length;
  }
  return read;
}

/** Stops, removes or restores a robot's template of one message kind. Throws `huizhi.notFound`. */
export async function setTemplate(
  context: Context,
  robotCode: string,
  msgKey: string,
  state: TemplateState,
): Promise<void> {
  const kind = kindOf(msgKey);
  if (!kind) throw notFound(`no msgKey ${msgKey}`);
  await context.store.putTemplate(robotNamed(context, robotCode), kind.number, state);
  await context.directory.refresh();
}

export type RobotChange = {
  readonly robotCode: string;
  readonly corpId?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly perUserPerMinute?: number | undefined;
  readonly perUserPerDay?: number | undefined;
  readonly blockedBy?: readonly string[] | undefined;
};

/** Changes a robot; what is absent stays. Throws `huizhi.notFound` and, for an organization left open, `huizhi.badRequest`. */
export async function changeRobot(context: Context, change: RobotChange) {
  const robot = robotNamed(context, change.robotCode);
  const changed: Robot = {
    ...robot,
    disabled: change.disabled ?? robot.disabled,
    perUserPerMinute: change.perUserPerMinute ?? robot.perUserPerMinute,
    perUserPerDay: change.perUserPerDay ?? robot.perUserPerDay,
  };
  if (change.blockedBy) await setBlocks(context, robot, change.corpId, change.blockedBy);
  await context.store.putRobot(changed);
  await context.directory.refresh();
  const { disabled, perUserPerMinute, perUserPerDay } = changed;
  return {
    robotCode: robot.code,
    disabled,
    perUserPerMinute,
    perUserPerDay,
    blockedBy: await context.store.blocks.blockedBy(robot.id),
  };
}

async function setBlocks(context: Context, robot: Robot, corpCode: string | undefined, userCodes: readonly string[]) {
  const { directory, store } = context;
  const homes = directory.now
    .organizations()
    .filter(({ corpId, code }) => directory.now.isInstalled(corpId, robot.id) && (corpCode ?? code) === code);
  const [home] = homes;
  if (!home || homes.length > 1) {
    const reason = home
      ? 'corpId: the robot is installed in several organizations'
      : 'corpId: the robot is not installed there';
    throw wireError('huizhi.badRequest', { why: reason, fill: { reason } });
  }
  const users = await store.findUsers(home.corpId, userCodes);
  const stranger = userCodes.find((code) => !users.some((user) => user.code === code));
  if (stranger !== undefined) throw notFound(`no user ${stranger} in ${home.code}`);
  await store.blocks.replace(
    home.corpId,
    robot.id,
    users.map((user) => user.id),
  );
}

function robotNamed({ directory }: Context, robotCode: string): Robot {
  const robot = directory.now.robot(robotCode);
  if (!robot) throw notFound(`no robot ${robotCode}`);
  return robot;
}

function notFound(reason: string) {
  return wireError('huizhi.notFound', { why: reason, fill: { reason } });
}

export type { Dump } from '../../store/model.ts';

/** The whole state of an emulator, as JSON. */
export type Snapshot = {
  readonly version: number;
  readonly secret: string;
  readonly clock: ClockState;
  readonly delivery: DeliveryMode;
  readonly readers: readonly Reader[];
  readonly faults: readonly Fault[];
  readonly store: Dump;
};

const snapshotVersion = 1;

const kindNumbers: ReadonlySet<number> = new Set(messageKinds.map(({ number }) => number));

/** Saves the whole state. */
export async function takeSnapshot(context: Context, controls: Controls): Promise<Snapshot> {
  await context.deliverer.idle();
  return {
    version: snapshotVersion,
    secret: controls.secret.current(),
    clock: controls.clock.state(),
    delivery: controls.delivery(),
    readers: controls.readers.list(),
    faults: controls.faults.rules(),
    store: await context.store.dump(),
  };
}

/**
 * Restores a saved state: everything since is gone, open streams end. Throws `huizhi.conflict` for one of another version, and
 * `huizhi.badRequest` for one that the store cannot take; then nothing has changed.
 */
export async function restoreSnapshot(context: Context, controls: Controls, snapshot: Snapshot): Promise<void> {
  const wrong = wrongInDump(snapshot.store, kindNumbers);
  if (wrong !== undefined) throw badSnapshot(wrong);
  await replaceStore(context, controls, () => context.store.load(snapshot.store));
  controls.readers.set(snapshot.readers);
  controls.faults.set(snapshot.faults);
  controls.secret.replace(snapshot.secret);
  context.openedTokens.clear();
  context.openedKeys.clear();
  await context.directory.refresh();
  controls.clock.restore(snapshot.clock);
  controls.setDelivery(snapshot.delivery);
  await shareEmulation(context, controls, true);
  context.events.end();
  await context.deliverer.takeUp();
}

/** Throws `huizhi.conflict` for a snapshot of another version, of itself or of the tables in it. */
export async function checkSnapshotVersion(
  { store }: Context,
  given: { readonly version: number; readonly store?: unknown },
): Promise<void> {
  const tables = (given.store as Partial<Dump> | undefined)?.version;
  const latest = await store.driver.version();
  if (given.version === snapshotVersion && (tables === undefined || tables === latest)) return;
  const reason = `this emulator restores snapshots of version ${snapshotVersion} with tables of version ${latest}`;
  throw wireError('huizhi.conflict', { why: reason, fill: { reason } });
}

/** Goes back to the start: the setup and nothing else, the first time, no faults, no readers. Open streams end. */
export async function reset(context: Context, controls: Controls, setup: Setup): Promise<void> {
  await replaceStore(context, controls, () => context.store.clear());
  controls.readers.set([]);
  controls.faults.set([]);
  controls.journal.clear();
  controls.clock.restart();
  controls.restartIds();
  controls.setDelivery({ mode: 'instant' });
  context.openedTokens.clear();
  context.openedKeys.clear();
  await context.directory.refresh();
  await applySetup(context, setup);
  await shareEmulation(context, controls, true);
  context.events.end();
}

function badSnapshot(wrong: string, cause?: unknown) {
  const reason = `store: ${wrong}`;
  return wireError('huizhi.badRequest', { why: reason, fill: { reason }, cause });
}

/** Replaces what the store holds while nothing is delivered. */
async function replaceStore(context: Context, controls: Controls, replace: () => Promise<void>): Promise<void> {
  const before = controls.delivery();
  controls.setDelivery({ mode: 'hold' });
  await context.deliverer.idle();
  try {
    await replace();
  } catch (cause) {
    controls.setDelivery(before);
    await context.deliverer.takeUp();
    // A store that can write has refused the rows, not the work.
    await probeStore(context);
    throw badSnapshot('a table does not take one of its rows', cause);
  }
}

/** Throws when the store cannot write. Leaves no trace in a later snapshot. */
async function probeStore({ store, clock }: Context): Promise<void> {
  const touched = await store.setting('touched');
  await store.ping(clock.now());
  await (touched === undefined ? store.dropSetting('touched') : store.putSetting('touched', touched));
}
