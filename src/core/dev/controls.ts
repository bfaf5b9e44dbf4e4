import type { Dump, ReadManner, Robot, TemplateState } from '../../store/model.ts';
import { findDumpProblem } from '../../store/move/check-dump.ts';
import { huizhiError } from '../../wire/errors.ts';
import { maxSnapshotBytes } from '../../wire/limits.ts';
import { findKind, storedKindNumbers } from '../../wire/vendor/messages.ts';
import type { ClockState, TestClock } from '../clock.ts';
import type { Context } from '../context.ts';
import type { Upstream } from '../delivery/upstream.ts';
import { markRead } from '../mark-read.ts';
import { applySetup, type Setup } from '../setup.ts';
import { createFaults, type Fault, type Faults } from './faults.ts';
import { createJournal, type Journal } from './journal.ts';
import { createReaders, type Reader, type Readers } from './readers.ts';
import { type SharedControls, shareEmulation } from './shared.ts';

/** The outcome of delivery attempts; `delay` in milliseconds. */
export type DeliveryMode = {
  readonly mode: 'instant' | 'hold' | 'delay' | 'timeout';
  readonly delay?: number | undefined;
};

/** The controls of the emulator, which tests use. */
export type Controls = SharedControls & {
  readonly faults: Faults;
  readonly journal: Journal;
  readonly readers: Readers;
  readonly upstream: Upstream;
  /**
   * The time in milliseconds for durations in the journal. A seeded emulator uses its own clock, so that runs are
   * reproducible.
   */
  readonly stopwatch: () => number;
  /** Restarts the sequences of request ids and identifiers on a reset, if they are generated from a seed. */
  readonly restartIds: () => void;
  delivery(): DeliveryMode;
  setDelivery(mode: DeliveryMode): void;
};

const journalSize = 1000;

/** Creates the controls in their initial state: instant delivery, no simulated readers, no faults. */
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

/** Freezes or unfreezes the clock. */
export async function freezeClock(context: Context, controls: Controls, frozen: boolean): Promise<void> {
  controls.clock.freeze(frozen);
  await shareEmulation(context, controls);
}

/** Moves the clock. Resolves when all work that has fallen due is done. */
export async function moveClock(
  context: Context,
  controls: Controls,
  to: { advance?: number | undefined; set?: number | undefined },
) {
  // Messages and events from before must have been delivered or scheduled before the time changes.
  await context.deliverer.idle();
  // Without a move nothing is waited for: the endpoint may be the caller.
  if (to.advance !== 0) await context.dispatcher.idle();
  const { clock } = controls;
  if (to.advance !== undefined) await clock.advance(to.advance);
  if (to.set !== undefined) await clock.set(to.set);
  await shareEmulation(context, controls);
  await context.deliverer.idle();
  if (to.advance !== 0) await context.dispatcher.idle();
}

/** Ends the mode `hold`, `delay` or `timeout` and delivers all pending messages. Returns their number. */
export async function release(context: Context, controls: Controls): Promise<number> {
  await context.deliverer.idle();
  const waiting = await context.store.pendingCount();
  controls.setDelivery({ mode: 'instant' });
  await context.deliverer.resume();
  await context.deliverer.idle();
  return waiting;
}

/**
 * Lets users (or all recipients who have not left) read a message now, in this order, by the same path as people. Throws
 * `huizhi.notFound`, also for users who have left: they cannot read.
 *
 * @param keyText the processQueryKey, or the messageId that `/chat/send` has returned
 */
export async function readMessage(
  context: Context,
  keyText: string,
  userCodes: readonly string[] | undefined,
  manner: ReadManner,
): Promise<number> {
  const key = context.seal.openKey(keyText) ?? context.seal.openChatMessage(keyText);
  const people = key ? await context.store.recipients(key.corpId, key.messageId) : [];
  if (!key || people.length === 0) throw huizhiError('huizhi.notFound', 'no message has this processQueryKey');
  const byCode = new Map(people.map((person) => [person.code, person]));
  const stranger = userCodes?.find((code) => !byCode.has(code));
  if (stranger !== undefined) throw huizhiError('huizhi.notFound', `${stranger} is not a recipient of this message`);
  const leaver = userCodes?.find((code) => byCode.get(code)?.leftAt !== null);
  if (leaver !== undefined) throw huizhiError('huizhi.notFound', `${leaver} has left the organization`);
  await context.deliverer.idle();
  const readers = userCodes ? [...new Set(userCodes)].flatMap((code) => byCode.get(code) ?? []) : people;
  let read = 0;
  for (const { id: userId, leftAt } of readers) {
    if (leftAt !== null) continue;
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
  const kind = findKind(msgKey);
  if (!kind) throw huizhiError('huizhi.notFound', `no msgKey ${msgKey}`);
  await context.store.putTemplate(findRobot(context, robotCode), kind.template, state);
  await context.directory.refresh();
}

export type RobotChange = {
  readonly robotCode: string;
  readonly corpId?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly perUserPerMinute?: number | undefined;
  readonly perUserPerDay?: number | undefined;
  readonly coolAppCode?: string | null | undefined;
  readonly blockedBy?: readonly string[] | undefined;
};

/**
 * Changes a robot; fields that are absent keep their values. Throws `huizhi.notFound`, and `huizhi.badRequest` if
 * `blockedBy` needs a `corpId` to be unambiguous.
 */
export async function changeRobot(context: Context, change: RobotChange) {
  const robot = findRobot(context, change.robotCode);
  const changed: Robot = {
    ...robot,
    disabled: change.disabled ?? robot.disabled,
    perUserPerMinute: change.perUserPerMinute ?? robot.perUserPerMinute,
    perUserPerDay: change.perUserPerDay ?? robot.perUserPerDay,
    coolAppCode: change.coolAppCode === undefined ? robot.coolAppCode : change.coolAppCode,
  };
  if (change.blockedBy) await setBlocks(context, robot, change.corpId, change.blockedBy);
  await context.store.putRobot(changed);
  await context.directory.refresh();
  const { disabled, perUserPerMinute, perUserPerDay, coolAppCode } = changed;
  return {
    robotCode: robot.code,
    disabled,
    perUserPerMinute,
    perUserPerDay,
    coolAppCode,
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
    throw huizhiError('huizhi.badRequest', reason);
  }
  const users = await store.findUsers(home.corpId, userCodes);
  const stranger = userCodes.find((code) => !users.some((user) => user.code === code));
  if (stranger !== undefined) throw huizhiError('huizhi.notFound', `no user ${stranger} in ${home.code}`);
  await store.blocks.replace(
    home.corpId,
    robot.id,
    users.map((user) => user.id),
  );
}

function findRobot({ directory }: Context, robotCode: string): Robot {
  const robot = directory.now.robot(robotCode);
  if (!robot) throw huizhiError('huizhi.notFound', `no robot ${robotCode}`);
  return robot;
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

/** Returns the whole state as a snapshot. Throws `huizhi.tooLarge` if the uploaded files do not fit into one. */
export async function takeSnapshot(context: Context, controls: Controls): Promise<Snapshot> {
  await context.deliverer.idle();
  const media = Math.ceil(((await context.store.media.allBytes()) * 4) / 3);
  if (media > maxSnapshotBytes) {
    const reason = `the uploaded files have ${media} bytes in base64, and a snapshot at most ${maxSnapshotBytes}`;
    throw huizhiError('huizhi.tooLarge', reason);
  }
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
 * Replaces the whole state by a snapshot, and ends open event streams. Throws `huizhi.badRequest` for an invalid
 * snapshot, without changing anything. Check its version first, with `checkSnapshotVersion`.
 */
export async function restoreSnapshot(context: Context, controls: Controls, snapshot: Snapshot): Promise<void> {
  const wrong = findDumpProblem(snapshot.store, storedKindNumbers);
  if (wrong !== undefined) throw badSnapshot(wrong);
  await context.hub.keepWhile(
    () => context.directory.now,
    () => restoreAll(context, controls, snapshot),
  );
  context.events.end();
  await context.deliverer.resume();
  await context.dispatcher.check();
}

async function restoreAll(context: Context, controls: Controls, snapshot: Snapshot): Promise<void> {
  await replaceStore(context, controls, () => context.store.load(snapshot.store));
  controls.readers.set(snapshot.readers);
  controls.faults.set(snapshot.faults);
  controls.secret.replace(snapshot.secret);
  await context.directory.refresh();
  controls.clock.restore(snapshot.clock);
  controls.setDelivery(snapshot.delivery);
  await shareEmulation(context, controls, true);
}

/** Throws `huizhi.conflict` if the format or the tables of a snapshot have another version. */
export async function checkSnapshotVersion(
  { store }: Context,
  given: { readonly version: number; readonly store?: unknown },
): Promise<void> {
  const tables = (given.store as Partial<Dump> | undefined)?.version;
  const latest = await store.driver.version();
  if (given.version === snapshotVersion && (tables === undefined || tables === latest)) return;
  const reason = `this emulator restores snapshots of version ${snapshotVersion} with tables of version ${latest}`;
  throw huizhiError('huizhi.conflict', reason);
}

/**
 * Resets everything to the initial state: the setup, the start time, no messages, faults or readers. Ends open event
 * streams.
 */
export async function reset(context: Context, controls: Controls, setup: Setup): Promise<void> {
  await context.hub.keepWhile(
    () => context.directory.now,
    () => resetAll(context, controls, setup),
  );
  context.events.end();
  await context.dispatcher.check();
}

async function resetAll(context: Context, controls: Controls, setup: Setup): Promise<void> {
  await replaceStore(context, controls, () => context.store.clear());
  controls.readers.set([]);
  controls.faults.set([]);
  controls.journal.clear();
  controls.clock.restart();
  controls.restartIds();
  controls.setDelivery({ mode: 'instant' });
  await context.directory.refresh();
  await applySetup(context, setup);
  await shareEmulation(context, controls, true);
}

function badSnapshot(wrong: string, cause?: unknown) {
  const reason = `store: ${wrong}`;
  return huizhiError('huizhi.badRequest', reason, { cause });
}

/** Replaces the contents of the store while deliveries are paused. */
async function replaceStore(context: Context, controls: Controls, replace: () => Promise<void>): Promise<void> {
  const before = controls.delivery();
  controls.setDelivery({ mode: 'hold' });
  await context.deliverer.idle();
  await context.dispatcher.pause();
  try {
    await replace();
  } catch (cause) {
    controls.setDelivery(before);
    await context.deliverer.resume();
    await context.dispatcher.check();
    // If the store can write, the rows of the snapshot were the reason; otherwise `probeStore` throws the store's own
    // error.
    await probeStore(context);
    throw badSnapshot('a table does not take one of its rows', cause);
  }
}

/** Throws if the store cannot write. Restores the setting that it writes, so that it does not appear in snapshots. */
async function probeStore({ store, clock }: Context): Promise<void> {
  const touched = await store.setting('touched');
  await store.ping(clock.now());
  await (touched === undefined ? store.dropSetting('touched') : store.putSetting('touched', touched));
}
