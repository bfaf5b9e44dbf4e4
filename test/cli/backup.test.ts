import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buffer, text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { verifyFile } from '../../src/store/backup/restore.ts';
import { openStore } from '../../src/store/open.ts';
import { main } from '../support/command.ts';
import { bareEnvironment } from '../support/environment.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 30_000 });

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-backup-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

const adminToken = 'the-admin-token-of-this-test';

/** Runs `huizhi …` in a folder, with no environment except PATH. */
const huizhi = (cwd: string, ...args: readonly string[]) => huizhiWith({}, cwd, ...args);

/** Runs `huizhi …` in a folder, with an environment. */
async function huizhiWith(env: Record<string, string>, cwd: string, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...bareEnvironment, ...env } });
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

describe('huizhi backup', () => {
  test('writes a file that huizhi restore makes a database of', async () => {
    const cwd = await withDatabase();
    const made = await huizhi(cwd, 'backup', 'backup.db');
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(made.stdout).toMatch(
      /^Backed up huizhi\.db to backup\.db: \d+\.\d MiB, read back and checked\.\nIt contains the secrets/,
    );
    expect(statSync(join(cwd, 'backup.db')).mode & 0o777).toBe(0o600);
    const restored = await huizhi(cwd, 'restore', 'backup.db', '--database', 'other.db', '--json');
    expect([restored.code, restored.stderr]).toEqual([0, '']);
    expect(JSON.parse(restored.stdout)).toMatchObject({ database: 'other.db', findings: expect.any(Array) });
    const store = await openStore(join(cwd, 'other.db'));
    expect((await store.directory()).organizations().map(({ code }) => code)).toEqual(['corp-one']);
    await store.close();
  });

  test('with - writes to standard output, and restore reads standard input', async () => {
    const cwd = await withDatabase();
    const command = [process.execPath, main].map((word) => `'${word}'`).join(' ');
    const line = `${command} backup - | ${command} restore - --database other.db`;
    const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd, env: bareEnvironment });
    expect(stdout).toBe('Restored other.db, and checked it.\n');
    expect(readdirSync(cwd).sort()).toEqual(['huizhi.db', 'other.db']);
  });

  test('with - fails if its reader closes standard output within the last chunk', async () => {
    const cwd = await withDatabase();
    const store = await openStore(join(cwd, 'huizhi.db'));
    await store.ensureSetting('filler', 'x'.repeat(4 * 1024 * 1024));
    await store.close();
    expect((await huizhi(cwd, 'backup', 'whole.db')).code).toBe(0);
    const { size } = statSync(join(cwd, 'whole.db'));
    // More than a pipe holds, and less than a chunk.
    const taken = size - 150_000;
    const line = `set -o pipefail; '${process.execPath}' '${main}' backup - | head -c ${taken}`;
    const child = spawn('bash', ['-c', line], { cwd, env: bareEnvironment });
    const [out, stderr, [code]] = await Promise.all([buffer(child.stdout), text(child.stderr), once(child, 'close')]);
    expect([out.length, code, stderr]).toEqual([taken, 1, expect.stringContaining('standard output was closed')]);
  });

  test('of another schema says that its data was not checked', async () => {
    const cwd = await withDatabase();
    const db = new DatabaseSync(join(cwd, 'huizhi.db'));
    db.exec('pragma user_version = 3');
    db.close();
    const { code, stdout } = await huizhi(cwd, 'backup', 'backup.db');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/read back\. .*its data was not checked: .*version 3/)]);
    expect(stdout).not.toContain('read back and checked');
  });

  test('whose tables are not those of its schema version is not restored, and the message says so', async () => {
    const cwd = await withDatabase();
    const db = new DatabaseSync(join(cwd, 'huizhi.db'));
    db.exec('pragma user_version = 3');
    db.close();
    await huizhi(cwd, 'backup', 'backup.db');
    const { code, stderr } = await huizhi(cwd, 'restore', 'backup.db', '--database', 'other.db');
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('its tables are not those of version 3, which it names'),
    ]);
    expect(stderr).toContain('Restore a backup.');
    expect(readdirSync(cwd).sort()).toEqual(['backup.db', 'huizhi.db']);
  });

  test('that does not fit leaves the old backup whole, and nothing else', async () => {
    const cwd = await withDatabase();
    const store = await openStore(join(cwd, 'huizhi.db'));
    for (let i = 0; i < 12; i++) await store.ensureSetting(`filler ${i}`, 'x'.repeat(1024 * 1024));
    await store.close();
    writeFileSync(join(cwd, 'backup.db'), 'old');
    // Files may have 4 MiB, in blocks of 512 bytes.
    const line = `ulimit -f 8192; exec '${process.execPath}' '${main}' backup backup.db --force`;
    const child = spawn('sh', ['-c', line], { cwd, env: bareEnvironment });
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('EFBIG')]);
    expect(readFileSync(join(cwd, 'backup.db'), 'utf8')).toBe('old');
    expect(readdirSync(cwd).sort()).toEqual(['backup.db', 'huizhi.db']);
  });

  test('replaces a file with --force alone, and never the database', async () => {
    const cwd = await withDatabase();
    writeFileSync(join(cwd, 'backup.db'), 'old');
    const refused = await huizhi(cwd, 'backup', 'backup.db');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('backup.db exists already')]);
    expect(readFileSync(join(cwd, 'backup.db'), 'utf8')).toBe('old');
    expect((await huizhi(cwd, 'backup', 'backup.db', '--force')).code).toBe(0);
    symlinkSync('huizhi.db', join(cwd, 'symbolic.db'));
    linkSync(join(cwd, 'huizhi.db'), join(cwd, 'hard.db'));
    const before = statSync(join(cwd, 'huizhi.db')).ino;
    for (const name of ['huizhi.db', 'symbolic.db', 'hard.db']) {
      const own = await huizhi(cwd, 'backup', name, '--force');
      expect([own.code, own.stderr]).toEqual([1, expect.stringContaining(`${name} is the database itself`)]);
    }
    expect(statSync(join(cwd, 'huizhi.db')).ino).toBe(before);
    const again = await huizhi(cwd, 'restore', 'backup.db');
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('huizhi.db exists already')]);
  });

  test('replaces a folder or a pipe not even with --force', async () => {
    const cwd = await withDatabase();
    mkdirSync(join(cwd, 'folder'));
    symlinkSync('folder', join(cwd, 'link'));
    await promisify(execFile)('mkfifo', [join(cwd, 'pipe')]);
    for (const [name, place] of [
      ['folder', 'folder'],
      ['link', 'folder'],
      ['pipe', 'pipe'],
    ] as const) {
      const { code, stderr } = await huizhi(cwd, 'backup', name, '--force');
      expect([code, stderr]).toEqual([1, expect.stringContaining(`${place} is not a file that can be replaced`)]);
    }
    expect(statSync(join(cwd, 'pipe')).isFIFO()).toBe(true);
  });

  test('leaves the old backup whole if it is killed at any moment', { timeout: 60_000 }, async () => {
    const cwd = await withDatabase();
    const store = await openStore(join(cwd, 'huizhi.db'));
    for (let i = 0; i < 12; i++) await store.ensureSetting(`filler ${i}`, 'x'.repeat(1024 * 1024));
    await store.close();
    expect((await huizhi(cwd, 'backup', 'backup.db')).code).toBe(0);
    for (let kill = 0; kill < 5; kill++) {
      await killAt(cwd, kill * 3 * 1024 * 1024);
      const findings = await verifyFile(join(cwd, 'backup.db'), { kinds: new Set(), onProgress() {} });
      expect(findings.filter(({ state }) => state === 'wrong')).toEqual([]);
    }
    expect((await huizhi(cwd, 'backup', 'backup.db', '--force')).code).toBe(0);
    expect(readdirSync(cwd).sort()).toEqual(['backup.db', 'huizhi.db']);
  });

  test('is not needed by restore --finish, which moves the numbers of a database ahead', async () => {
    const cwd = await withDatabase();
    const before = await organizationCounter(cwd);
    const finished = await huizhi(cwd, 'restore', '--finish');
    expect(finished).toEqual({
      code: 0,
      stderr: '',
      stdout: 'Moved the numbers of huizhi.db ahead, and checked it.\n',
    });
    expect(await organizationCounter(cwd)).toBe(before + 1024);
    const both = await huizhi(cwd, 'restore', '--finish', 'backup.db');
    expect([both.code, both.stderr]).toEqual([
      2,
      '--finish needs no backup: --database names the restored database.\n',
    ]);
    const missing = await huizhi(cwd, 'restore', '--finish', '--database', 'none.db');
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('there is no database none.db')]);
  });

  test('and restore name the tools of PostgreSQL', async () => {
    for (const [command, tool] of [
      ['backup', 'pg_dump'],
      ['restore', 'pg_restore'],
    ] as const) {
      const { code, stderr } = await huizhi(folder(), command, 'file', '--database', 'postgres://127.0.0.1:1/huizhi');
      expect([code, stderr]).toEqual([1, expect.stringContaining(`Use ${tool}`)]);
    }
  });

  test.each(['backup', 'restore', 'backup a b'])('as "%s" ends with 2 and says what to name', async (line) => {
    const { code, stderr } = await huizhi(folder(), ...line.split(' '));
    expect([code, stderr]).toEqual([2, expect.stringContaining('Name one file')]);
  });
});

async function organizationCounter(cwd: string): Promise<number> {
  const store = await openStore(join(cwd, 'huizhi.db'));
  const { counters } = (await store.dump()).tables;
  await store.close();
  return Number(counters?.find(([, name]) => name === 'organization')?.[2]);
}

/** Kills a backup when it has written that many bytes, or soon after it has ended. */
async function killAt(cwd: string, bytes: number): Promise<void> {
  const args = [main, 'backup', 'backup.db', '--force'];
  const child = spawn(process.execPath, args, { cwd, env: bareEnvironment, stdio: 'ignore' });
  const ended = once(child, 'close');
  const written = () => {
    const part = readdirSync(cwd).find((name) => name.startsWith('backup.db-part-') && name.endsWith(`-${child.pid}`));
    return part === undefined ? -1 : (statSync(join(cwd, part), { throwIfNoEntry: false })?.size ?? -1);
  };
  while (child.exitCode === null && written() < bytes) await setImmediate();
  child.kill('SIGKILL');
  await ended;
}

/** Starts a server in a folder until the test ends. Resolves with its address. */
async function startServer(cwd: string, ...args: readonly string[]): Promise<string> {
  const env = { ...bareEnvironment, HUIZHI_ADMIN_TOKEN: adminToken };
  const child = spawn(process.execPath, [main, ...args, '--port', '0', '--json'], { cwd, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  while (!text.includes('\n')) await once(child.stdout, 'data');
  return (JSON.parse(text) as { url: string }).url;
}

describe('huizhi backup of a running server', () => {
  const env = { HUIZHI_ADMIN_TOKEN: adminToken };

  test('gets a copy through the server, and the server goes on', async () => {
    const cwd = await withDatabase();
    const url = await startServer(cwd, 'serve');
    const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ corpId: 'corp-one', userId: 'ann', name: 'Ann' });
    const added = await fetch(`${url}/console/v1/users`, { method: 'POST', headers, body });
    expect(added.status).toBe(200);
    const made = await huizhiWith(env, cwd, 'backup', 'backup.db', '--endpoint', url);
    expect([made.code, made.stderr, made.stdout]).toEqual([
      0,
      '',
      expect.stringMatching(`^Backed up ${url} to backup.db`),
    ]);
    expect((await huizhi(cwd, 'restore', 'backup.db', '--database', 'other.db')).code).toBe(0);
    const store = await openStore(join(cwd, 'other.db'));
    expect((await store.findUsers(1, ['ann'])).map(({ code }) => code)).toEqual(['ann']);
    await store.close();
    const audit = await fetch(`${url}/console/v1/audit`, { headers });
    expect(await audit.text()).toContain('installation.backup');
  });

  test('replaces no database that is in use, under no name, and asks for no copy then', async () => {
    const cwd = await withDatabase();
    const url = await startServer(cwd, 'serve');
    symlinkSync('huizhi.db', join(cwd, 'link.db'));
    const elsewhere = ['--database', 'elsewhere.db', '--endpoint', url];
    for (const [name, because] of [
      ['link.db', 'huizhi.db-wal is the log of a database'],
      ['none/backup.db', 'no file can be created in the folder'],
    ] as const) {
      const { code, stderr } = await huizhiWith(env, cwd, 'backup', name, '--force', ...elsewhere);
      expect([code, stderr]).toEqual([1, expect.stringContaining(because)]);
    }
    const headers = { authorization: `Bearer ${adminToken}` };
    const audit = await fetch(`${url}/console/v1/audit`, { headers });
    expect(await audit.text()).not.toContain('installation.backup');
  });

  test('needs the admin token, and says so', async () => {
    const cwd = await withDatabase();
    const url = await startServer(cwd, 'serve');
    const missing = await huizhi(cwd, 'backup', 'backup.db', '--endpoint', url);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('set HUIZHI_ADMIN_TOKEN')]);
    const wrong = { HUIZHI_ADMIN_TOKEN: 'another-token-of-this-test' };
    const refused = await huizhiWith(wrong, cwd, 'backup', 'backup.db', '--endpoint', url);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(`${url} refuses`)]);
    expect(readdirSync(cwd).filter((name) => name.startsWith('backup'))).toEqual([]);
  });

  test('sends the admin token to no address that was not named', async () => {
    const cwd = await withDatabase();
    const store = await openStore(join(cwd, 'huizhi.db'));
    onTestFinished(() => store.close());
    const requests: string[] = [];
    const other = createServer((incoming, outgoing) => {
      requests.push(`${incoming.url} ${incoming.headers.authorization}`);
      outgoing.end();
    });
    await once(other.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const config = { ...env, HUIZHI_PORT: String(port) };
    const { code, stderr } = await huizhiWith(config, cwd, 'backup', 'backup.db');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/huizhi\.db is in use .*--endpoint/)]);
    expect(requests).toEqual([]);
  });

  test('is refused by a server without a file, and where no server listens', async () => {
    const cwd = folder();
    const url = await startServer(cwd, 'dev');
    const refused = await huizhiWith(env, cwd, 'backup', 'backup.db', '--endpoint', url);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('the database is in memory')]);
    const nobody = await huizhiWith(env, cwd, 'backup', 'backup.db', '--endpoint', 'http://127.0.0.1:1');
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('does not answer')]);
  });
});
