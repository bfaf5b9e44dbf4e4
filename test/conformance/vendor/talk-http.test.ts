/** Messages to robots whose app gets them by HTTP. */
import { expect, test } from 'vitest';
import { testServer } from '../support/harness.ts';
import { setup } from '../support/setup.ts';
import { follow } from '../support/stream.ts';
import { fieldsAlone, serveRobot, talkWorld } from '../support/talk.ts';
import { sign, textOf } from '../support/webhooks.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

test('an app with an address gets messages by HTTP, signed with its secret, and its answer is a reply', async () => {
  const program = await serveRobot(({ text }) => textOf(`echo ${(text as { content: string }).content}`));
  const apps = setup.apps.map((app) => (app.appKey === 'app-one' ? { ...app, messageUrl: program.url } : app));
  const there = talkWorld(world(await testServer({ setup: { ...setup, apps } })));
  const live = await follow(there.server, await there.signIn('alice'));
  const now = await there.freeze();
  const { robots } = await there.say('hi');
  expect(robots).toMatchObject([{ reach: 'http' }]);
  const { headers, heard } = await program.next();
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    ...sign('secret-of-app-one', now),
  });
  expect(Object.keys(heard)).toEqual(fieldsAlone);
  expect(await live.next()).toMatchObject({ data: { msgKey: 'personText' } });
  expect(await live.next()).toMatchObject({ data: { msgKey: 'webhookText', msgParam: '{"content":"echo hi"}' } });
});

test('the address of an app is set in the console, and nothing is posted until its secret is given again', async () => {
  const program = await serveRobot(() => ({ msgtype: 'empty' }));
  const there = talkWorld(world(await testServer()));
  const admin = { headers: bearer(there.server.adminToken) };
  const path = '/console/v1/apps/app-one/messageUrl';
  const set = (messageUrl: string | null) => there.call('PUT', path, { ...admin, body: { messageUrl } });
  expect(ok(await set(program.url))).toEqual({ messageUrl: program.url, hasSecret: false });
  expect((await there.say('nobody')).robots).toMatchObject([{ reach: 'none' }]);
  const attempt = () => there.call('POST', `${path}/test`, admin);
  expect(refusal(await attempt())).toEqual([409, 'huizhi.conflict']);
  const { appSecret } = ok(await there.call('POST', '/console/v1/apps/app-one/rotate', admin)) as { appSecret: string };
  expect(ok(await there.call('GET', path, admin))).toEqual({ messageUrl: program.url, hasSecret: true });
  expect((await there.say('somebody')).robots).toMatchObject([{ reach: 'http' }]);
  const { headers } = await program.next();
  expect(headers).toMatchObject(sign(appSecret, String(headers.timestamp)));
  const duration = expect.any(Number);
  expect(ok(await attempt())).toEqual({ delivered: true, status: 200, answer: '{"msgtype":"empty"}', duration });
  const tested = await program.next();
  expect(tested.heard).toMatchObject({ conversationType: '1', msgtype: 'text', text: { content: 'test' } });
  expect(tested.headers).toMatchObject(sign(appSecret, String(tested.headers.timestamp)));
  ok(await set('http://127.0.0.1:1/'));
  expect(ok(await attempt())).toMatchObject({ delivered: false, status: null });
  ok(await set(program.url));
  for (const url of ['ftp://a', 'http://169.254.169.254/', 'http://u:p@example.com', 'http://example.com:0', 'x'])
    expect(refusal(await set(url)), url).toEqual([400, 'huizhi.badRequest']);
  expect(ok(await set(null))).toEqual({ messageUrl: null, hasSecret: true });
  expect(refusal(await attempt())).toEqual([409, 'huizhi.conflict']);
  const { entries } = ok(await there.call('GET', '/console/v1/audit', admin)) as { entries: { action: string }[] };
  expect(entries.filter(({ action }) => action === 'app.messageUrl')).toHaveLength(4);
});
