import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { demoSetup } from '../../../src/config/demo.ts';
import type { Setup, SetupCustomRobot } from '../../../src/config/setup.ts';
import { emptyFolder } from '../support/child.ts';
import { type Server, startServer } from '../support/harness.ts';
import { setup } from '../support/setup.ts';
import { errorOf, sign, textOf, webhookWorld } from '../support/webhooks.ts';
import { ok, world } from '../support/world.ts';

const token = '1a2b3c4d'.repeat(8);
const secret = 'SECof-the-test-12345';
const alarm: SetupCustomRobot = { robotCode: 'alarm', name: '报警', token, secret };

/** The suite's setup with a group of organization one that has custom robots. */
function withRobots(customRobots: readonly SetupCustomRobot[]): Setup {
  const groups = [{ name: 'team', title: '团队', owner: 'alice', members: ['bob'], customRobots }];
  const organizations = setup.organizations.map((one) => (one.corpId === 'corp-one' ? { ...one, groups } : one));
  return { ...setup, organizations };
}

/** Starts a server on one database file; it can be restarted with other custom robots, and another server's secret. */
function openDatabase() {
  const database = join(emptyFolder(), 'huizhi.db');
  return async (robots: readonly SetupCustomRobot[], serverSecret?: string) => {
    const server: Server = await startServer({ database, setup: withRobots(robots), secret: serverSecret });
    onTestFinished(() => server.stop());
    return webhookWorld(world(server));
  };
}

const signed = (key = secret) => ({ query: sign(key, Date.now()) });

test('a custom robot of the file sends into its group, after each start', async () => {
  const start = openDatabase();
  const first = await start([alarm]);
  expect(errorOf(await first.post({ token }, textOf('one'), signed()))[0]).toBe(0);
  expect(errorOf(await first.post({ token }))[0]).toBe(310000);
  await first.server.stop();
  const second = await start([alarm]);
  expect(errorOf(await second.post({ token }, textOf('two'), signed()))[0]).toBe(0);
  const { messages } = await second.inboxOf(await second.signIn('bob'), { robotCode: 'alarm' });
  expect(messages.map(({ msgParam, robotName }) => [msgParam, robotName])).toEqual([
    ['{"content":"two"}', '报警'],
    ['{"content":"one"}', '报警'],
  ]);
});

test('a changed custom robot of the file is updated, and what it does not name stays', async () => {
  const start = openDatabase();
  const first = await start([{ ...alarm, keywords: ['k'] }]);
  ok(await first.ask('PUT', '/alarm', { addresses: ['127.0.0.1'] }));
  await first.server.stop();
  const next = '5e6f7a8b'.repeat(8);
  const second = await start([{ robotCode: 'alarm', name: '新报警', token: next, keywords: ['m'], disabled: true }]);
  expect(ok(await second.ask('GET', '/alarm'))).toMatchObject({
    ...{ name: '新报警', keywords: ['m'], addresses: ['127.0.0.1'], sign: true, disabled: true },
  });
  expect(errorOf(await second.post({ token }))[0]).toBe(300005);
  expect(errorOf(await second.post({ token: next }))[0]).toBe(400102);
});

test('a deleted custom robot of the file stays deleted', async () => {
  const start = openDatabase();
  const first = await start([alarm]);
  ok(await first.ask('DELETE', '/alarm'));
  await first.server.stop();
  const second = await start([alarm]);
  expect(errorOf(await second.post({ token }))[0]).toBe(300005);
  expect(second.server.log.map(({ text }) => text)).toContainEqual(
    expect.stringContaining('a configured custom robot was deleted and stays deleted'),
  );
});

test('another secret of the server ends signatures of robots that the file does not name', async () => {
  const start = openDatabase();
  const first = await start([alarm], 'first-secret-of-this-server');
  const made = await first.hook({ sign: true });
  const good = { query: sign(made.secret, Date.now()) };
  expect(errorOf(await first.post(made, textOf('x'), good))[0]).toBe(0);
  await first.server.stop();
  const second = await start([alarm], 'second-secret-of-this-server');
  expect(errorOf(await second.post({ token }, textOf('x'), signed()))[0]).toBe(0);
  expect(errorOf(await second.post(made, textOf('x'), good))[0]).toBe(310000);
  expect(second.server.log.filter(({ level }) => level === 'warn')).toEqual([
    expect.objectContaining({ text: expect.stringContaining("because the server's secret changed") }),
  ]);
  const { secret: fresh } = ok(await second.ask('POST', `/${made.robotCode}/secret`)) as { secret: string };
  expect(errorOf(await second.post(made, textOf('x'), signed(fresh)))[0]).toBe(0);
});

test('serve refuses a database that has the token of the demo data', async () => {
  const database = join(emptyFolder(), 'huizhi.db');
  const secrets = (one: Setup['apps'][number]) => ({ ...one, appSecret: `long-random-text-${one.appKey}` });
  const dev = await startServer({ database, setup: { ...demoSetup, apps: demoSetup.apps.map(secrets) } });
  await dev.stop();
  await expect(startServer({ command: 'serve', database, setup: undefined })).rejects.toThrow(
    'a custom robot in the database has the token of the demo data',
  );
});
