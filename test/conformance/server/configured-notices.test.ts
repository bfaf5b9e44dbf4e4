import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { SetupApp } from '../../../src/config/setup.ts';
import { emptyFolder } from '../support/child.ts';
import { type Fields, startServer } from '../support/harness.ts';
import { errorOf, noticeWorld } from '../support/notices.ts';
import { agentIds, setup } from '../support/setup.ts';
import { bearer, ok } from '../support/world.ts';

/** A database file on which a server can be started again and again with apps that differ. */
function openDatabase() {
  const database = join(emptyFolder(), 'huizhi.db');
  return async (change: (app: SetupApp) => SetupApp) => {
    const server = await startServer({ database, setup: { ...setup, apps: setup.apps.map(change) } });
    onTestFinished(() => server.stop());
    const found = await server.call('GET', '/console/v1/apps', { headers: bearer(server.adminToken) });
    const apps = (ok(found) as { apps: Fields[] }).apps;
    const agentIdOf = (appKey: string) => apps.find((app) => app.appKey === appKey)?.agentId;
    return { ...noticeWorld(server), stop: server.stop, agentIdOf };
  };
}

const without = ({ agentId: _, ...app }: SetupApp): SetupApp => app;
const msg = { msgtype: 'text', text: { content: 'hello' } };

test('an app without an agentId in the file gets one beyond 2^31, and keeps it', async () => {
  const start = openDatabase();
  const first = await start(without);
  const known = ['app-one', 'app-next', 'suite'].map(first.agentIdOf);
  expect(new Set(known).size).toBe(3);
  for (const agentId of known) expect(agentId).toBeGreaterThan(2 ** 31);
  await first.stop();
  const second = await start(without);
  expect(['app-one', 'app-next', 'suite'].map(second.agentIdOf)).toEqual(known);
});

test('an agentId of the file replaces the one before, and one of another app is refused', async () => {
  const start = openDatabase();
  const first = await start(without);
  const old = Number(first.agentIdOf('app-one'));
  await first.stop();
  const second = await start((app) => app);
  expect(errorOf(await second.send({ agent_id: old, msg }))[0]).toBe(40056);
  expect(errorOf(await second.send({ msg }))[0]).toBe(0);
  await second.stop();
  const taken = (app: SetupApp) =>
    app.appKey === 'app-one' ? { ...app, agentId: agentIds['app-next'] } : without(app);
  await expect(start(taken)).rejects.toThrow(`the agentId ${agentIds['app-next']} belongs to app app-next`);
});

test('an app without an agentId does not get one that a later app of the same file is given', async () => {
  const chosen = Number((await openDatabase()(without)).agentIdOf('app-one'));
  const start = openDatabase();
  const change = (app: SetupApp) => (app.appKey === 'app-two' ? { ...app, agentId: chosen } : without(app));
  const { agentIdOf } = await start(change);
  expect(agentIdOf('app-two')).toBe(chosen);
  expect(agentIdOf('app-one')).not.toBe(chosen);
});

test('a template of the file is replaced at the next start, and one that is no longer named stays', async () => {
  const start = openDatabase();
  const template = (content: string) => [{ templateId: 'own', message: { msgtype: 'text', text: { content } } }];
  const withTemplate = (content: string) => (app: SetupApp) =>
    app.appKey === 'app-one' ? { ...app, noticeTemplates: template(content) } : app;
  const first = await start(withTemplate('first'));
  await first.stop();
  const second = await start(withTemplate('second'));
  await second.stop();
  const third = await start((app) => app);
  const sent = await third.answer(third.ask('sendbytemplate', { template_id: 'own', userid_list: 'u01' }));
  await third.finished(Number(sent.task_id));
  const [newest] = (await third.inboxOf(await third.signIn('u01'))).messages;
  expect(newest?.msgParam).toBe('{"content":"second"}');
});

test('an app that the console creates has an agentId of its own', async () => {
  const { call, server, agentIdOf } = await openDatabase()((app) => app);
  const body = { appKey: 'app-new', kind: 'internal', corpId: 'corp-one' };
  const made = ok(await call('POST', '/console/v1/apps', { body, headers: bearer(server.adminToken) }));
  expect(made.agentId).toBeGreaterThan(2 ** 31);
  expect(Object.keys(agentIds).map(agentIdOf)).not.toContain(made.agentId);
});
