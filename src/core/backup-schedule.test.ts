import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openReader, openStore } from '../store/open.ts';
import { createBackupSchedule } from './backup-schedule.ts';
import { createTestClock } from './clock.ts';

const hour = 3_600_000;
const time = Date.UTC(2026, 0, 1);

async function scene() {
  const place = mkdtempSync(join(tmpdir(), 'huizhi-schedule-'));
  const store = await openStore(join(place, 'huizhi.db'));
  const failures: unknown[] = [];
  const note = () => {};
  const log = { error: (fields: object) => void failures.push(fields), warn: note, info: note, debug: note };
  onTestFinished(async () => {
    await store.close();
    rmSync(place, { recursive: true, force: true });
  });
  const clock = createTestClock({ time, frozen: true });
  const folder = join(place, 'backups');
  const start = (keep = 2) => {
    const schedule = createBackupSchedule({ store, clock, log }, { folder, every: hour, keep });
    onTestFinished(() => schedule.close());
    return schedule;
  };
  const names = () => readdirSync(folder).sort();
  return { clock, folder, failures, start, names };
}

test('writes a backup at once and then at each interval, and keeps the newest', async () => {
  const { clock, folder, start, names } = await scene();
  start();
  await clock.advance(1000);
  expect(names()).toEqual(['huizhi-2026-01-01T00-00-00Z.db']);
  await clock.advance(hour);
  await clock.advance(hour);
  expect(names()).toEqual(['huizhi-2026-01-01T01-00-00Z.db', 'huizhi-2026-01-01T02-00-00Z.db']);
  const reader = await openReader(join(folder, names()[0] ?? ''));
  expect(await reader.version()).toBeGreaterThan(0);
  await reader.close();
});

test('waits after a restart until the newest backup is old enough', async () => {
  const { clock, start, names } = await scene();
  const first = start();
  await clock.advance(1000);
  first.close();
  start();
  await clock.advance(hour - 2000);
  expect(names()).toHaveLength(1);
  await clock.advance(1000);
  expect(names()).toHaveLength(2);
});

test('logs a failure and tries again, and leaves other files', async () => {
  const { clock, folder, failures, start, names } = await scene();
  writeFileSync(folder, 'a file where the folder should be');
  start(1);
  await clock.advance(1000);
  expect(failures).toHaveLength(1);
  rmSync(folder);
  await clock.advance(hour / 4);
  writeFileSync(join(folder, 'notes.txt'), 'x');
  // No process has this number: it is larger than the largest that Linux and macOS give.
  writeFileSync(join(folder, 'huizhi-2026-01-01T00-10-00Z.db-part-99999999'), 'x');
  await clock.advance(hour);
  expect(names()).toEqual(['huizhi-2026-01-01T01-15-00Z.db', 'notes.txt']);
});
