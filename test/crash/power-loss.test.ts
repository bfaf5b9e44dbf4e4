import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { requirePrograms } from '../support/debian.ts';

/** A system call of a trace, with the file that its descriptor is open on. */
type Call = { readonly name: string; readonly file: string; readonly rest: string; readonly isStart: boolean };

/**
 * Parses what `strace -f -y` has written. A call that other threads interrupt has two lines: where it starts, and where
 * it has ended.
 */
function* parseTrace(trace: string): Generator<Call> {
  const started = new Map<string, Call>();
  for (const line of trace.split('\n')) {
    const [, thread = '', text = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. (\w+) resumed>/.exec(text);
    const [, name = '', file = '', rest = ''] = /^(\w+)\(\d+<([^>]*)>(.*)$/.exec(text) ?? [];
    if (resumed) {
      const call = started.get(thread);
      if (call) yield { ...call, isStart: false };
    } else if (name !== '') {
      yield { name, file, rest, isStart: true };
      if (text.includes('<unfinished ...>')) started.set(thread, { name, file, rest, isStart: false });
      else yield { name, file, rest, isStart: false };
    }
  }
}

/**
 * Replays the writes of a process, and returns what a crash of the machine could have lost: an acknowledged commit, a
 * page of the database file whose commit was not on the disk yet, or a log that was overwritten before its pages were.
 */
function findLosses(trace: string, path: string): { readonly losses: readonly string[]; readonly seen: Set<string> } {
  const losses: string[] = [];
  const seen = new Set<string>();
  /** Of each file: how often it was written, and how many of the writes are on the disk. */
  const state = new Map([path, `${path}-wal`].map((file) => [file, { written: 0, synced: 0, starting: 0 }]));
  const isDirty = (file: string) => {
    const { written = 0, synced = 0 } = state.get(file) ?? {};
    return written > synced;
  };
  for (const { name, file, rest, isStart } of parseTrace(trace)) {
    const found = state.get(file);
    if (name === 'write' && isStart && rest.includes('"acknowledged')) {
      seen.add('acknowledged');
      if (isDirty(`${path}-wal`)) losses.push(`acknowledged before the log was on the disk: ${rest}`);
    }
    if (!found) continue;
    // The mark in the first page, after all other pages. It changes only bytes of the first sector.
    if (name === 'pwrite64' && file === path && /, 4096, 0\)?/.test(rest) && !isDirty(path)) continue;
    if (name === 'pwrite64' && isStart) {
      found.written++;
      if (file === path && isDirty(`${path}-wal`)) losses.push('a page was copied before its commit was on the disk');
      const isOverwriting = file !== path && /, 32, 0\)?/.test(rest);
      if (isOverwriting) seen.add('log overwritten');
      if (isOverwriting && isDirty(path)) losses.push('the log was overwritten before its pages were on the disk');
    }
    if (name === 'fdatasync' || name === 'fsync') {
      if (isStart) found.starting = found.written;
      else found.synced = Math.max(found.synced, found.starting);
      seen.add(`${file === path ? 'file' : 'log'} synced`);
    }
  }
  return { losses, seen };
}

const lacking = process.platform === 'linux' ? requirePrograms(['strace']) : 'strace is a program of Linux';

test('a crash of the machine at any moment loses nothing that was acknowledged', { timeout: 60_000 }, ({ skip }) => {
  skip(lacking !== undefined, lacking);
  const place = mkdtempSync(join(tmpdir(), 'huizhi-disk-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  const path = join(place, 'huizhi.db');
  const open = JSON.stringify(new URL('../../src/store/open.ts', import.meta.url).href);
  const script = `const { openStore } = await import(${open});
    const { writeSync } = await import('node:fs');
    const store = await openStore(${JSON.stringify(path)});
    for (let i = 0; i < 300; i++) {
      await store.ensureSetting('name ' + i, 'x'.repeat(i % 7 === 0 ? 200000 : 20));
      writeSync(1, 'acknowledged ' + i);
      if (i % 40 === 0) await store.driver.tidy();
    }
    await store.close();`;
  const trace = join(place, 'trace');
  const calls = ['-e', 'trace=pwrite64,fdatasync,fsync,write', '-s', '24', '-o', trace];
  const node = [process.execPath, '--no-warnings', '--input-type=module', '-e', script];
  execFileSync('strace', ['-f', '-y', ...calls, ...node], { stdio: 'pipe' });
  const { losses, seen } = findLosses(readFileSync(trace, 'utf8'), path);
  expect(losses).toEqual([]);
  expect([...seen].sort()).toEqual(['acknowledged', 'file synced', 'log overwritten', 'log synced']);
});
