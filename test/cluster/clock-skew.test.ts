import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { type Child, emptyFolder, startChild } from '../conformance/support/child.ts';
import { bearer, ok, world } from '../conformance/support/world.ts';
import { command, jsonLines } from '../support/command.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

async function database(): Promise<string> {
  const url = await postgres.create('migrated');
  onTestFinished(() => postgres.drop(url));
  return url;
}

const adminToken = 'admin-token-of-the-suite';

/** The NODE_OPTIONS of a process whose clock is off by this many milliseconds. */
function clockOff(skew: number): string {
  const shift = `const{now}=Date;Date.now=()=>now()+(${skew})`;
  return `--import=data:text/javascript,${encodeURIComponent(shift)}`;
}

function serveAt(skew: number, database: string): Promise<Child> {
  const before = ['env', `NODE_OPTIONS=${clockOff(skew)}`];
  return startChild(`serve --database ${database}`, before, { HUIZHI_ADMIN_TOKEN: adminToken });
}

/** Signs a user in with a code, which `serve` requires. */
async function signIn({ call }: Child, userId: string): Promise<string> {
  const body = { corpId: 'corp-one', userId };
  const { code } = ok(await call('POST', '/console/v1/signInCodes', { body, headers: bearer(adminToken) }));
  return String(ok(await call('POST', '/inbox/v1/sessions', { body: { code } })).token);
}

/** Repeats a request until its answer is right, for at most ten seconds; returns the last answer. */
async function until<T>(request: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  const end = performance.now() + 10_000;
  for (;;) {
    const answer = await request();
    if (isRight(answer) || performance.now() > end) return answer;
  }
}

const skewOf = async ({ url }: Child) =>
  Number(/^huizhi_clock_skew_seconds (\S+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);

test('processes whose clocks differ by seconds accept each other’s new keys, tokens and sessions', {
  timeout: 60_000,
}, async () => {
  const url = await database();
  const [ahead, behind] = [await serveAt(0, url), await serveAt(-2000, url)];
  const [one, other] = [world(ahead), world(behind)];
  const session = await signIn(ahead, 'alice');
  const token = await one.tokenOf();
  const keys = [];
  for (let i = 0; i < 20; i++) {
    const key = await one.sent({}, token);
    keys.push(key);
    expect((await other.receipt(key, 'robot-one', token)).sendStatus).toMatch(/PROCESSING|SUCCESS/);
  }
  const { messages } = await until(
    () => other.inboxOf(session),
    (page) => page.messages.length === keys.length,
  );
  await other.markRead(session, ...messages.map(({ messageId }) => messageId));
  for (const message of (await one.inboxOf(session)).messages)
    expect(message.readAt).toBeGreaterThanOrEqual(message.sentAt);
  for (const key of keys) {
    const [info] = (await one.receipt(key, 'robot-one', token)).messageReadInfoList;
    expect(info?.readStatus).toBe('READ');
  }
});

test('each process measures the difference between its clock and the database server’s, and warns once', {
  timeout: 60_000,
}, async () => {
  const url = await database();
  const [right, late] = [await serveAt(0, url), await serveAt(-90_000, url)];
  expect(Math.abs(await skewOf(right))).toBeLessThan(1);
  expect(Math.abs((await skewOf(late)) + 90)).toBeLessThan(1);
  const warnings = (child: Child) => child.output().match(/differs from that of the database server/g) ?? [];
  expect(warnings(late)).toHaveLength(1);
  expect(warnings(right)).toHaveLength(0);
});

test('huizhi doctor compares the clock of the machine with that of the database server', {
  timeout: 60_000,
}, async () => {
  const args = ['doctor', '--json', '--port', '0', '--database', await database()];
  const finding = async (skew: number) => {
    const { stdout } = await command(args, { env: { NODE_OPTIONS: clockOff(skew) } });
    return jsonLines(stdout).find(({ check }) => check === 'database clock');
  };
  expect(await finding(0)).toMatchObject({ state: 'ok' });
  const { state, found, advice } = (await finding(-5000)) ?? {};
  expect([state, found, advice]).toEqual([
    'wrong',
    expect.stringMatching(/^this machine is (4\.9|5\.\d) s behind the database server$/),
    'Synchronize both clocks with NTP.',
  ]);
});

test('a serve whose clock is set back by two hours still accepts its earlier keys', {
  timeout: 60_000,
}, async () => {
  const file = `${emptyFolder()}/huizhi.db`;
  const before = await serveAt(0, file);
  const token = await world(before).tokenOf();
  const key = await world(before).sent({}, token);
  const ended = new Promise((resolve) => before.process.on('exit', resolve));
  before.process.kill('SIGTERM');
  await ended;
  const after = world(await serveAt(-2 * 3_600_000, file));
  expect((await after.receipt(key, 'robot-one', token)).sendStatus).toBe('SUCCESS');
  expect(ok(await after.recall({ processQueryKeys: [key] }, token)).successResult).toEqual([key]);
});
