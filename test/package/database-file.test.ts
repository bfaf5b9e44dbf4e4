/** The database file of a running or starting huizhi: full disks, missing logs, foreign files, kills at any moment. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startChild } from '../conformance/support/child.ts';
import { refusal, world } from '../conformance/support/world.ts';
import { command, folder, jsonLines, main } from '../support/command.ts';
import { bareEnvironment } from '../support/environment.ts';
import { repeats } from '../support/long.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 60_000 });

const configuration = `organizations:
  - { corpId: dingreal, name: 一, users: [{ userId: u1, name: 甲 }] }
`;

function writeConfiguration(text = configuration): string {
  const cwd = folder();
  writeFileSync(join(cwd, 'huizhi.yaml'), text);
  return cwd;
}

/** Starts `huizhi serve` in a folder; `listening` rejects with its stderr if it exits before. */
function serve(
  cwd: string,
  database = 'huizhi.db',
): { readonly child: ChildProcess; readonly listening: Promise<void> } {
  const args = [main, 'serve', '--port', '0', '--database', database, '--json', '--log-format', 'json'];
  const child = spawn(process.execPath, args, { cwd, env: bareEnvironment });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => Promise.reject(new Error(`it ended with ${code}: ${stderr}`)));
  const listening = Promise.race([once(child.stdout ?? child, 'data'), ended]).then(() => {});
  listening.catch(() => {});
  ended.catch(() => {});
  return { child, listening };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill(signal);
  await closed;
}

/** Starts a server, moves its file away, and calls it. */
async function startAndMove() {
  for (;;) {
    const child = await startChild('serve', [], { HUIZHI_ADMIN_TOKEN: 'admin-token-of-the-suite' });
    const { call, send, tokenOf } = world(child);
    const token = await tokenOf();
    const [path, away] = [join(child.folder, 'huizhi.db'), join(child.folder, 'away.db')];
    renameSync(path, away);
    for (const reply of [await send({}, token), await call('GET', '/readyz')])
      expect(refusal(reply)).toEqual([500, 'system.error']);
    const reason = 'the database file huizhi.db was deleted or moved while huizhi has it open';
    await expect.poll(() => child.output()).toContain(reason);
    // A commit of the start may have been under way: then the server has to be started again.
    if (!child.output().includes('since a commit was under way')) return { child, token, path, away };
  }
}

describe('a database file that is moved away from a running server', () => {
  test('fails with system.error and /readyz, is named in the log, and works again after it is moved back', async () => {
    const { child, token, path, away } = await startAndMove();
    const { call, receipt, send } = world(child);
    expect((await call('GET', '/healthz')).status).toBe(200);
    renameSync(away, path);
    expect((await call('GET', '/readyz')).status).toBe(200);
    const sent = await send({}, token);
    expect((await receipt(String(sent.body.processQueryKey), 'robot-one', token)).messageReadInfoList).toHaveLength(1);
  });
});

describe('a copy of the file of a running server', () => {
  test('is refused by every command that would continue with it, and accepted by migrate with an option', async () => {
    const cwd = writeConfiguration();
    await serve(cwd).listening;
    copyFileSync(join(cwd, 'huizhi.db'), join(cwd, 'copy.db'));
    const database = ['--database', 'copy.db'];
    for (const words of [['serve', '--port', '0'], ['dev', '--port', '0'], ['migrate'], ['migrate', '--check']]) {
      const { code, stderr } = await command([...words, ...database], { cwd });
      expect([code, words, stderr]).toEqual([
        1,
        words,
        expect.stringContaining('write-ahead log copy.db-wal is missing'),
      ]);
      expect(stderr).toContain('huizhi migrate --accept-missing-log --database copy.db');
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
    const { stdout } = await command(['doctor', '--json', '--port', '0', ...database], { cwd });
    expect(jsonLines(stdout).find(({ check }) => check === 'database')).toMatchObject({
      state: 'wrong',
      advice: expect.stringContaining('--accept-missing-log'),
    });
    expect((await command(['migrate', '--accept-missing-log', ...database], { cwd })).code).toBe(0);
    expect((await command(['migrate', '--check', ...database], { cwd })).code).toBe(0);
  });
});

describe('a file that is not a huizhi database', () => {
  test.each([
    ['an empty file', ''],
    ['a text', 'not a database '.repeat(400)],
  ])('%s is refused by serve, dev, migrate and doctor, and is not changed', async (_, text) => {
    const cwd = writeConfiguration();
    writeFileSync(join(cwd, 'huizhi.db'), text);
    for (const words of [['serve', '--port', '0'], ['dev', '--port', '0', '--database', 'huizhi.db'], ['migrate']]) {
      const { code, stderr } = await command(words, { cwd });
      expect([code, stderr]).toEqual([1, expect.stringMatching(/ Put a backup in its place, .*--database\.\n$/)]);
    }
    const { stdout } = await command(['doctor', '--json', '--port', '0'], { cwd });
    const database = jsonLines(stdout).find(({ check }) => check === 'database');
    expect(database).toMatchObject({ state: 'wrong', advice: expect.stringContaining('Put a backup in its place') });
    expect(readdirSync(cwd).toSorted()).toEqual(['huizhi.db', 'huizhi.yaml']);
  });
});

/** Mounts a file system of a few kilobytes over a folder of this test; undefined if that is not allowed. */
function smallDisk(kilobytes: number): string | undefined {
  const place = join(folder(), 'disk');
  mkdirSync(place);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', place]);
  if (mounted.status !== 0) return undefined;
  onTestFinished(() => void execFileSync('umount', ['-l', place]));
  return place;
}

/** Fills a disk except for a few bytes. */
function fill(place: string, leave: number): void {
  const size = 64 * 1024;
  for (let at = 0; ; at++) {
    try {
      writeFileSync(join(place, `filler-${at}`), Buffer.alloc(size));
    } catch {
      truncateSync(join(place, `filler-${at}`), 0);
      if (leave > 0) truncateSync(join(place, `filler-${at - 1}`), size - leave);
      return;
    }
  }
}

describe('a full disk', () => {
  test.for([0, 8192, 64 * 1024])(
    'with %i bytes left, makes a first start report that space is needed',
    async (leave, { skip }) => {
      const disk = smallDisk(1024);
      if (disk === undefined) return skip('it needs the right to mount a file system');
      writeFileSync(join(disk, 'huizhi.yaml'), configuration);
      fill(disk, leave);
      for (const words of [['serve', '--port', '0'], ['migrate']]) {
        const { code, stderr } = await command(words, { cwd: disk });
        expect([code, stderr]).toEqual([1, expect.stringContaining('Make room on the disk that holds it.')]);
        expect(stderr).not.toContain('backup');
      }
    },
  );

  test('makes a later start that has to write report the same; freeing space recovers it', async ({ skip }) => {
    const disk = smallDisk(16_384);
    if (disk === undefined) return skip('it needs the right to mount a file system');
    const database = join(disk, 'huizhi.db');
    const first = serve(writeConfiguration(), database);
    await first.listening;
    await end(first.child, 'SIGKILL');
    fill(disk, 0);
    const users = Array.from({ length: 20_000 }, (_, i) => `{ userId: u${i}, name: 甲${i} }`).join(', ');
    const cwd = writeConfiguration(configuration.replace(/users: .*/, `users: [${users}] }`));
    const { code, stderr } = await command(['serve', '--port', '0', '--database', database], { cwd });
    expect([code, stderr]).toEqual([1, expect.stringContaining('Make room on the disk that holds it.')]);
    const { stdout } = await command(['doctor', '--json', '--port', '0', '--database', database], { cwd });
    expect(JSON.stringify(jsonLines(stdout).find(({ check }) => check === 'database'))).not.toContain('backup');
    for (const name of readdirSync(disk)) if (name.startsWith('filler')) truncateSync(join(disk, name));
    await serve(cwd, database).listening;
  });
});

const canLimit = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;

test.skipIf(!canLimit)('a limit of the file size makes a start name it', async () => {
  const cwd = writeConfiguration();
  const args = ['--fsize=65536', process.execPath, main, 'serve', '--port', '0'];
  const { status, stderr } = spawnSync('prlimit', args, {
    cwd,
    env: bareEnvironment,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([1, expect.stringContaining('ulimit -f')]);
});

/** Milliseconds within which a start or a stop is killed. */
const within = { start: 600, stop: 60 };

const kills = repeats('HUIZHI_FILE_KILLS', 6, 12);

test('a start or a stop that is killed at any moment never prevents the next start', {
  timeout: 60_000 + kills * 10_000,
}, async () => {
  const cwd = writeConfiguration();
  for (let done = 0; done < kills; done++) {
    // The first kills come while the file is created.
    if (done % 4 === 0)
      for (const name of readdirSync(cwd))
        if (name.startsWith('huizhi.db')) renameSync(join(cwd, name), join(cwd, `old-${done}-${name}`));
    const starting = serve(cwd);
    await new Promise((resolve) => setTimeout(resolve, (within.start * ((done * 7) % kills)) / kills));
    await end(starting.child, 'SIGKILL');
    const running = serve(cwd);
    await running.listening;
    expect(existsSync(join(cwd, 'huizhi.db'))).toBe(true);
    running.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, (within.stop * ((done * 5) % kills)) / kills));
    await end(running.child, 'SIGKILL');
  }
  await serve(cwd).listening;
});
