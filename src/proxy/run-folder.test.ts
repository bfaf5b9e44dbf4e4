import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createRunFolder } from './run-folder.ts';

function createParent(): string {
  const parent = mkdtempSync(join(tmpdir(), 'huizhi-test-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  return parent;
}

/** Returns the path of a folder like that of a run, of another process. */
function folderOf(path: string, pid: number, start: number): string {
  return join(path, '..', basename(path).replace(/-\d+-\d+-[^-]+$/, `-${pid}-${start}-abcdef`));
}

const startOf = (path: string) => Number(/-(\d+)-[^-]+$/.exec(path)?.[1]);

/** Starts a process and waits for its end. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['--eval', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('the next run removes the folder of a process that has ended, with its files', async () => {
  const parent = createParent();
  const stale = folderOf(createRunFolder(parent), await endedPid(), 1);
  mkdirSync(stale);
  writeFileSync(join(stale, 'authority.pem'), 'text');
  createRunFolder(parent);
  expect(existsSync(stale)).toBe(false);
});

test('the next run keeps the folder of a run that still runs', () => {
  const parent = createParent();
  const own = createRunFolder(parent);
  createRunFolder(parent);
  expect(existsSync(own)).toBe(true);
});

test.runIf(process.platform === 'linux')('a new process with the same id does not keep a folder', () => {
  const parent = createParent();
  const own = createRunFolder(parent);
  const stale = folderOf(own, process.pid, startOf(own) - 1);
  mkdirSync(stale);
  createRunFolder(parent);
  expect([existsSync(own), existsSync(stale)]).toEqual([true, false]);
});

test('folders of other machines and programs, and links, are kept', async () => {
  const parent = createParent();
  const own = createRunFolder(parent);
  const pid = await endedPid();
  const others = [
    join(parent, `huizhi-run-000000000000-${pid}-1-abcdef`),
    join(parent, 'huizhi-run-abcdef'),
    join(parent, `huizhi-test-${pid}-1-abcdef`),
  ];
  for (const path of others) mkdirSync(path);
  const link = folderOf(own, pid, 1);
  symlinkSync(others[0] ?? '', link);
  createRunFolder(parent);
  expect([...others, link].filter((path) => !existsSync(path))).toEqual([]);
});
