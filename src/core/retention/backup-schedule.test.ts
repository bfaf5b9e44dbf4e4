import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openReader, openStore } from '../../store/open.ts';
import { type Clock, createTestClock } from '../clock.ts';
import { type BackupPlan, createBackupSchedule } from './backup-schedule.ts';

const hour = 3_600_000;
const time = Date.UTC(2026, 0, 1);

function temporary(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-schedule-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function scene(folder = join(temporary(), 'backups')) {
  const store = await openStore(join(temporary(), 'huizhi.db'));
  const failures: { readonly err: unknown }[] = [];
  const note = () => {};
  const log = { error: (fields: object) => void failures.push(fields as never), warn: note, info: note, debug: note };
  const counted: unknown[] = [];
  const meters = { requests: () => 0, count: (...one: unknown[]) => void counted.push(one), observe() {} };
  onTestFinished(() => store.close());
  const clock = createTestClock({ time, frozen: true });
  const start = (plan: Partial<BackupPlan> = {}, own: Clock = clock) => {
    const schedule = createBackupSchedule(
      { store, clock: own, log, meters },
      { folder, every: hour, keep: 2, ...plan },
    );
    onTestFinished(() => schedule.close());
    return schedule;
  };
  const names = () => readdirSync(folder).sort();
  /** The name of a backup of this installation at a time of the day. */
  const nameAt = async (at: string) => `huizhi-2026-01-01T${at}Z-${await store.setting('installation')}.db`;
  return { clock, folder, failures, counted, start, names, nameAt };
}

test('writes a backup at once and then at each interval, and keeps the newest', async () => {
  const { clock, folder, counted, start, names, nameAt } = await scene();
  const schedule = start();
  await clock.advance(1000);
  expect(names()).toEqual([await nameAt('00-00-00')]);
  expect(schedule.last()).toEqual({ at: time, bytes: statSync(join(folder, names()[0] ?? '')).size });
  expect(counted).toContainEqual(['huizhi_backups_total', { result: 'completed' }, 1]);
  await clock.advance(hour);
  await clock.advance(hour);
  expect(names()).toEqual([await nameAt('01-00-00'), await nameAt('02-00-00')]);
  const reader = await openReader(join(folder, names()[0] ?? ''));
  expect(await reader.version()).toBeGreaterThan(0);
  await reader.close();
});

test('writes one backup a day at a time of day, also on the days when the clocks change', async () => {
  vi.stubEnv('TZ', 'Europe/Berlin');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { clock, start, names } = await scene();
  const timesOf = async (day: string, hours: number) => {
    await clock.set(Date.parse(`${day}T12:00:00Z`));
    const schedule = start({ every: { minutes: 150, days: 1 }, keep: 100 });
    await clock.advance(hours * hour);
    schedule.close();
    const to = clock.now() - hours * hour;
    return names().flatMap((name) => {
      const at = name.slice(7, 23).replace(/T(\d\d)-(\d\d).*/, 'T$1:$2');
      return Date.parse(`${at}Z`) >= to ? at : [];
    });
  };
  // The first one is written at once: there is none, or the last time of day has passed without one.
  expect(await timesOf('2026-03-28', 48)).toEqual(['2026-03-28T12:00', '2026-03-29T01:30', '2026-03-30T00:30']);
  expect(await timesOf('2026-10-24', 48)).toEqual(['2026-10-24T12:00', '2026-10-25T00:30', '2026-10-26T01:30']);
});

test('notices within a quarter of an hour that the clock was set', async () => {
  const { clock, counted, start } = await scene();
  const now = Date.UTC(2026, 0, 1);
  let time = now;
  const waits: number[] = [];
  const machine = {
    now: () => time,
    at(due: number, run: () => void | Promise<void>) {
      waits.push(due - time);
      return clock.at(clock.now() + due - time, run);
    },
  };
  start({ every: 24 * hour }, machine);
  await clock.advance(1000);
  expect(counted).toHaveLength(3);
  time = now + 24 * hour;
  await clock.advance(hour / 4);
  expect(Math.max(...waits)).toBe(hour / 4);
  expect(counted).toHaveLength(4);
});

test('waits after a restart until the newest backup is old enough', async () => {
  const { clock, start, names } = await scene();
  const first = start();
  await clock.advance(1000);
  first.close();
  const second = start();
  await clock.advance(hour - 2000);
  expect(second.last()).toEqual({ at: time, bytes: 0 });
  expect(names()).toHaveLength(1);
  await clock.advance(1000);
  expect(names()).toHaveLength(2);
});

test('logs a failure and tries again, and leaves other files', async () => {
  const { clock, folder, failures, counted, start, names, nameAt } = await scene();
  writeFileSync(folder, 'a file where the folder should be');
  start({ keep: 1 });
  await clock.advance(1000);
  expect(failures).toHaveLength(1);
  expect(counted).toContainEqual(['huizhi_backups_total', { result: 'failed' }, 1]);
  rmSync(folder);
  await clock.advance(hour / 4);
  writeFileSync(join(folder, 'notes.txt'), 'x');
  await clock.advance(hour);
  expect(names()).toEqual([await nameAt('01-15-00'), 'notes.txt']);
});

test('makes no backup without space for it, and deletes none then', async () => {
  const { clock, failures, start, names, nameAt } = await scene();
  const first = start({ keep: 1 });
  await clock.advance(1000);
  first.close();
  start({ keep: 1, reserve: Number.MAX_SAFE_INTEGER / 2 });
  await clock.advance(hour);
  expect(failures).toMatchObject([{ err: { reason: 'full', message: expect.stringContaining('free space') } }]);
  expect(names()).toEqual([await nameAt('00-00-00')]);
});

test('after the clock was set back, makes backups as before, and leaves those of the future', async () => {
  const { clock, start, names, nameAt } = await scene();
  const first = start({ keep: 2 });
  for (let i = 0; i < 3; i++) await clock.advance(hour);
  const future = [await nameAt('02-00-00'), await nameAt('03-00-00')];
  expect(names()).toEqual(future);
  first.close();
  await clock.set(time - 10 * hour);
  const again = start({ keep: 1 });
  await clock.advance(1000);
  const [past, ...rest] = names();
  expect([past?.slice(0, 26), rest]).toEqual(['huizhi-2025-12-31T14-00-00', future]);
  again.close();
  start({ keep: 1 });
  await clock.advance(hour / 2);
  expect(names()).toHaveLength(3);
  await clock.advance(hour / 2);
  const [second, ...same] = names();
  expect([second?.slice(0, 26), same]).toEqual(['huizhi-2025-12-31T15-00-00', future]);
});

test('leaves the backups of another installation in the same folder, and those that it is writing', async () => {
  const folder = join(temporary(), 'backups');
  const [one, other] = [await scene(folder), await scene(folder)];
  for (const { start, clock } of [one, other]) {
    start({ keep: 1 });
    await clock.advance(1000);
  }
  const unfinished = `${await other.nameAt('01-00-00')}-part-00000000-99999999`;
  writeFileSync(join(folder, unfinished), 'x');
  await one.clock.advance(hour);
  const expected = [await one.nameAt('01-00-00'), await other.nameAt('00-00-00'), unfinished];
  expect(one.names()).toEqual(expected.sort());
});
