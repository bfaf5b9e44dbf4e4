import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openStore } from '../../src/store/open.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 30_000 });

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-backup-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs `huizhi …` in a folder, with no environment except PATH. */
async function huizhi(cwd: string, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { PATH: process.env.PATH ?? '' } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (texts.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (texts.stderr += chunk));
  child.stdin.end();
  const [code] = await once(child, 'close');
  return { code, ...texts };
}

/** Creates a folder with a database of one organization. */
async function withDatabase(): Promise<string> {
  const cwd = folder();
  const store = await openStore(join(cwd, 'huizhi.db'));
  await store.putOrganization({ corpId: await store.number('organization'), code: 'corp-one', name: '示例公司' });
  await store.close();
  return cwd;
}

describe('huizhi verify', () => {
  test('prints what it has checked, with exit code 0', async () => {
    const { code, stdout, stderr } = await huizhi(await withDatabase(), 'verify');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('ok     file         the file is not damaged.');
    expect(lines.map((line) => line.slice(0, 7).trim())).toEqual(lines.map(() => 'ok'));
  });

  test('prints each problem with exit code 1, in JSON with --json, and changes nothing', async () => {
    const cwd = await withDatabase();
    const db = new DatabaseSync(join(cwd, 'huizhi.db'));
    db.exec(`update counters set next = 1 where name = 'organization'; pragma journal_mode = delete`);
    db.close();
    const before = readFileSync(join(cwd, 'huizhi.db'));
    const { code, stdout } = await huizhi(cwd, 'verify', '--json');
    expect(code).toBe(1);
    const findings = stdout.trimEnd().split('\n');
    expect(findings.map((line) => JSON.parse(line)).filter(({ state }) => state === 'wrong')).toEqual([
      {
        check: 'sequences',
        state: 'wrong',
        found: 'counters: organization is not beyond the numbers in organizations (row 0, organization)',
      },
    ]);
    expect(readFileSync(join(cwd, 'huizhi.db'))).toEqual(before);
  });

  test('refuses a database with an earlier schema, in memory, in use or missing', async () => {
    const cwd = await withDatabase();
    const file = join(cwd, 'huizhi.db');
    const store = await openStore(file);
    expect((await huizhi(cwd, 'verify')).stderr).toContain('huizhi.db is in use by another process');
    await store.close();
    copyFileSync(file, join(cwd, 'old.db'));
    const db = new DatabaseSync(join(cwd, 'old.db'));
    db.exec('pragma user_version = 3');
    db.close();
    const old = await huizhi(cwd, 'verify', '--database', 'old.db');
    expect([old.code, old.stdout]).toEqual([1, expect.stringMatching(/wrong +schema .*run huizhi migrate first/)]);
    const memory = await huizhi(cwd, 'verify', '--database', ':memory:');
    expect([memory.code, memory.stderr]).toEqual([2, expect.stringContaining('ends with its process')]);
    expect((await huizhi(folder(), 'verify')).stderr).toContain('there is no database huizhi.db');
  });
});
