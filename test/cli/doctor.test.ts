/** `huizhi doctor` and `huizhi completion`. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { shells } from '../../src/config/options.ts';
import { createSqlite } from '../../src/store/engine/sqlite/sqlite-connect.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { fileServer } from '../conformance/support/harness.ts';
import { writeCertificate } from '../support/certificates.ts';
import { type Around, command, credentialsFor, folder, jsonLines, main } from '../support/command.ts';
import { bareEnvironment } from '../support/environment.ts';

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 30_000 });

const server = await fileServer({ mayFail: true });
const credentials = credentialsFor(server.url);
const huizhi = (args: readonly string[], around: Around = {}) => command(args, { env: credentials, ...around });

async function freePort(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return String(typeof address === 'object' ? address?.port : 0);
}

const configuration = `organizations:
  - { corpId: dingreal, name: 一, users: [{ userId: u1, name: 甲 }] }
`;

describe('huizhi doctor', () => {
  const findings = async (args: readonly string[], around: Around) => {
    const { code, stdout } = await huizhi(['doctor', '--json', ...args], around);
    const states = jsonLines(stdout).map(({ check, state }) => [String(check), String(state)]);
    return { code, stdout, states: Object.fromEntries(states) as Record<string, string> };
  };

  test('finds nothing wrong in a working installation, and creates no files', async () => {
    const cwd = folder();
    const { code, states } = await findings(['--port', '0'], { cwd });
    const fine = { configuration: 'ok', port: 'ok', endpoint: 'ok', clock: 'ok', credentials: 'ok', robot: 'ok' };
    expect([code, states]).toEqual([0, { ...fine, database: 'note' }]);
    const { stdout } = await huizhi(['doctor', '--port', '0'], { cwd });
    expect(stdout).toContain('note   database       huizhi.db does not exist yet.\n');
  });

  test('says what to do about each problem', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'huizhi.yaml'), 'prot: 1\n');
    const file = await findings([], { cwd, env: { ...credentials, HUIZHI_APP_SECRET: 'wrong' } });
    expect([file.code, file.states]).toMatchObject([
      1,
      { configuration: 'wrong', endpoint: 'ok', credentials: 'wrong' },
    ]);
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const address = taken.address();
    const port = String(typeof address === 'object' ? address?.port : 0);
    taken.on('connection', (socket) => socket.end('no HTTP\n'));
    const env = { ...credentials, HUIZHI_ENDPOINT: 'http://127.0.0.1:9', HUIZHI_ROBOT: 'nowhere' };
    const other = await findings(['--port', port], { env });
    expect([other.code, other.states]).toMatchObject([1, { port: 'wrong', endpoint: 'wrong' }]);
    for (const line of jsonLines(`${file.stdout}${other.stdout}`))
      if (line.state === 'wrong') expect(line.advice).toMatch(/\S.*\.$/);
  });

  test('reports that a database cannot be created in a missing folder', async () => {
    const { stdout } = await huizhi(['doctor', '--database', 'nowhere/huizhi.db', '--port', '0']);
    expect(stdout).toMatch(
      /wrong {2}database {7}nowhere\/huizhi\.db does not exist yet\.\n +The folder nowhere does not exist: create it, or/,
    );
  });

  test('tells a database with pending migrations from one that is up to date', async () => {
    const cwd = folder();
    createSqlite(join(cwd, 'old.db'), { ...migrations, latest: 1 });
    expect((await findings(['--database', 'old.db', '--port', '0'], { cwd })).states.database).toBe('wrong');
    expect((await huizhi(['migrate', '--database', 'old.db'], { cwd, env: {} })).code).toBe(0);
    expect((await findings(['--database', 'old.db', '--port', '0'], { cwd })).states.database).toBe('ok');
  });

  test('reports a database server that does not answer, without its password', async () => {
    const args = ['--port', '0', '--database', 'postgres://somebody:pass-word@127.0.0.1:1/huizhi'];
    const { code, stdout } = await findings(args, {});
    expect(code).toBe(1);
    const database = jsonLines(stdout).find(({ check }) => check === 'database');
    expect(database).toMatchObject({ state: 'wrong', advice: expect.stringContaining('database server is running') });
    expect(stdout).not.toContain('pass-word');
  });

  test('checks the server that it has found when no endpoint is given', async () => {
    const { HUIZHI_ENDPOINT: _, ...rest } = credentials;
    const { code, states, stdout } = await findings(['--port', String(server.port)], { env: rest });
    expect([code, states]).toMatchObject([0, { port: 'ok', endpoint: 'ok', credentials: 'ok', robot: 'ok' }]);
    expect(stdout).toContain(`${server.url} answers`);
  });

  test('finds nothing wrong before the first start, when there is no server yet', async () => {
    const { code, states } = await findings(['--port', await freePort()], { env: {} });
    expect([code, states]).toEqual([0, { configuration: 'ok', database: 'note', port: 'ok', endpoint: 'note' }]);
  });

  test('recognizes its own server on the port', async () => {
    const { states } = await findings(['--port', String(server.port)], {});
    expect(states.port).toBe('ok');
  });

  test('checks the certificate, and recognizes its own server by https', async () => {
    const { files } = writeCertificate();
    const tls = ['--tls-cert', files.cert, '--tls-key', files.key];
    const cwd = folder();
    writeFileSync(join(cwd, 'huizhi.yaml'), configuration);
    const port = await freePort();
    const child = spawn(process.execPath, [main, 'serve', '--port', port, ...tls], { cwd, env: bareEnvironment });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    expect((await findings(['--port', port, ...tls], { cwd })).states).toMatchObject({ port: 'ok', certificate: 'ok' });
    const other = ['--tls-cert', files.cert, '--tls-key', writeCertificate().files.key];
    const { code, stdout, states } = await findings(['--port', '0', ...other], { cwd });
    expect([code, states.certificate]).toEqual([1, 'wrong']);
    expect(stdout).toContain('is not the key of the first certificate');
  });

  test('reports that a running huizhi uses the database', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'huizhi.yaml'), configuration);
    const args = [main, 'serve', '--port', '0', '--json'];
    const serve = spawn(process.execPath, args, { cwd, env: bareEnvironment });
    onTestFinished(() => void serve.kill('SIGKILL'));
    await once(serve.stdout, 'data');
    const { code, states } = await findings(['--port', '0'], { cwd });
    expect([code, states]).toMatchObject([0, { configuration: 'ok', database: 'note' }]);
  });

  test('reports a wrong clock, by the Date header of the endpoint', async () => {
    const late = createHttpServer((_, answer) => {
      answer.writeHead(404, { date: new Date(Date.now() + 3_600_000).toUTCString() }).end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void late.close().closeAllConnections());
    await once(late, 'listening');
    const address = late.address();
    const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const { code, stdout } = await findings(['--port', '0', '--endpoint', endpoint], { env: {} });
    const clock = jsonLines(stdout).find(({ check }) => check === 'clock');
    expect(code).toBe(1);
    expect(clock).toMatchObject({ state: 'wrong', advice: 'Synchronize both clocks with NTP.' });
    const [, seconds] = /^this machine is (\d+) s behind the endpoint$/.exec(String(clock?.found)) ?? [];
    // The precision that is possible when the machine is busy between the two readings of its clock.
    expect(Math.abs(Number(seconds) - 3600)).toBeLessThan(30);
  });

  test('reports what it cannot check as a note', async () => {
    const { code, states } = await findings(['--port', '0'], { env: { HUIZHI_ENDPOINT: server.url } });
    expect([code, states.credentials]).toEqual([0, 'note']);
  });
});

describe('huizhi completion', () => {
  test.each(shells)('%s gets the commands and the options of each', async (shell) => {
    const { code, stdout } = await huizhi(['completion', shell], { env: {} });
    expect(code).toBe(0);
    for (const word of ['dev', 'send', 'recall', shell === 'fish' ? '-l to-file' : '--to-file'])
      expect(stdout).toContain(word);
    expect(stdout).not.toContain('app-secret');
  });

  test.each([
    ['huizhi s', 'send serve status'],
    ['huizhi status --w', '--watch'],
    ['huizhi serve --log-format ', 'json pretty'],
    ['huizhi completion ', 'bash fish zsh'],
    ['huizhi admin r', 'robots'],
    ['huizhi admin users re', 'remove restore'],
    ['huizhi admin users add zoe --dry', '--dry-run'],
  ])('bash completes %j', async (line, expected) => {
    const { stdout } = await huizhi(['completion', 'bash'], { env: {} });
    const words = line.split(' ');
    const list = words.map((word) => `'${word}'`).join(' ');
    const script = `${stdout}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _huizhi; echo "\${COMPREPLY[@]}"`;
    const completed = await new Promise<string>((resolve, reject) => {
      execFile('bash', ['-c', script], (error, out) => (error ? reject(error) : resolve(out)));
    });
    expect(completed.trim().split(' ').toSorted().join(' ')).toBe(expected);
  });
});
