import { beforeAll, expect, test } from 'vitest';
import { type ConsoleRight, consoleRights } from '../../../../src/wire/own/console-rights.ts';
import { hasRight } from '../../../../src/wire/own/console-roles.ts';
import { fileServer } from '../../support/harness.ts';
import { documentOf, type Operation } from '../../support/openapi.ts';
import { operatorsOf, type SignedOperator } from '../../support/operators.ts';
import { bearer, ok, refusal, world } from '../../support/world.ts';

const server = await fileServer();
const { sent, tokenOf } = world(server);
const { asOwner, enter } = operatorsOf(server);

let operator: SignedOperator;
/** What exists in organization two only, by the name of the path variable. */
let foreign: Readonly<Record<string, string>>;

beforeAll(async () => {
  await sent({ robotCode: 'robot-two', userIds: ['mallory'] }, await tokenOf('app-two'));
  const two = { corpId: 'corp-two' };
  const { messages } = ok(await asOwner('GET', 'messages', { query: two })) as { messages: { messageId: string }[] };
  const group = ok(
    await asOwner('POST', 'groups', { body: { ...two, title: 'Group of two', owner: 'mallory', members: [] } }),
  );
  const inGroup = { ...two, openConversationId: group.openConversationId, name: 'Custom robot of two' };
  const custom = ok(await asOwner('POST', 'customRobots', { body: inGroup }));
  const endpoint = ok(await asOwner('POST', 'endpoints', { body: { ...two, url: 'http://127.0.0.1:9/hook' } }));
  const department = ok(await asOwner('POST', 'departments', { body: { ...two, name: 'Department of two' } }));
  foreign = {
    messageId: String(messages[0]?.messageId),
    appKey: 'app-two',
    robotCode: 'robot-two',
    userId: 'mallory',
    openConversationId: String(group.openConversationId),
    customRobotCode: String(custom.robotCode),
    endpointId: String(endpoint.endpointId),
    deptId: String(department.deptId),
  };
  operator = await enter({ role: 'operator', corpId: 'corp-one' });
});

type Described = Operation & {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: object }>> };
};

/** The routes of the console that name an organization, each with a request of it for an organization. */
async function routesWithOrganization() {
  const { paths } = await documentOf(server.url);
  return Object.entries(paths).flatMap(([path, item]) => {
    if (!path.startsWith('/console/v1/')) return [];
    return Object.entries(item as Readonly<Record<string, Described>>).flatMap(([method, operation]) => {
      const example = operation.requestBody?.content['application/json']?.example ?? undefined;
      const inQuery = operation.parameters?.some(({ name, in: where }) => name === 'corpId' && where === 'query');
      const inBody = example !== undefined && 'corpId' in example;
      const isOfOperators = path.startsWith('/console/v1/operators') || path === '/console/v1/organizations';
      if (isOfOperators || !(inQuery || inBody || path.includes('{corpId}'))) return [];
      const codeOf = (name: string) =>
        name === 'robotCode' && path.includes('customRobots') ? foreign.customRobotCode : foreign[name];
      const request = (corpId: string) => ({
        method: method.toUpperCase(),
        path: path
          .replace('/console/v1/', '')
          .replace('{corpId}', corpId)
          .replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(codeOf(name) ?? '1')),
        ask: {
          headers: { accept: 'application/json' },
          ...(inQuery && { query: { corpId } }),
          ...(example && { body: inBody ? { ...example, corpId } : example }),
        },
      });
      return [{ name: `${method} ${path}`, request }];
    });
  });
}

test('every call that names an organization answers about a foreign one as about one that does not exist', async () => {
  const routes = await routesWithOrganization();
  expect(routes.length).toBeGreaterThan(40);
  for (const { name, request } of routes) {
    const ask = async (corpId: string) => {
      const { method, path, ask: given } = request(corpId);
      const { status, body } = await operator.call(method, path, given);
      return { status, code: body.code, message: String(body.message).replaceAll(corpId, 'X') };
    };
    const [real, unknown] = [await ask('corp-two'), await ask('corp-none')];
    expect({ name, ...real }).toEqual({ name, ...unknown });
    expect([name, real.status]).toEqual([name, 404]);
  }
});

test('with a role there that does not have the right, every call that names an organization is forbidden', async () => {
  const both = await enter({ role: 'operator', corpId: 'corp-one' }, { role: 'auditor', corpId: 'corp-two' });
  const rightOf = (name: string) => consoleRights[name.replace(/^\w+/, (method) => method.toUpperCase())];
  const isLimited = (right: ConsoleRight | null | undefined) =>
    right != null && hasRight('operator', false, right) && !hasRight('auditor', false, right);
  const routes = (await routesWithOrganization()).filter(({ name }) => isLimited(rightOf(name)));
  expect(routes.length).toBeGreaterThan(20);
  for (const { name, request } of routes) {
    const { method, path, ask } = request('corp-two');
    expect([name, ...refusal(await both.call(method, path, ask))]).toEqual([name, 403, 'huizhi.forbidden']);
  }
});

test('a message cannot be sent to a group of a foreign organization, which seems not to exist', async () => {
  const sender = await enter({ role: 'sender', corpId: 'corp-one' });
  const given = { corpId: 'corp-one', robotCode: 'robot-one', msgKey: 'sampleText', msgParam: '{"content":"x"}' };
  for (const [path, more] of [
    ['messages', { sendId: 'to a group' }],
    ['messages/check', {}],
  ] as const) {
    const to = (openConversationId: unknown) =>
      sender.call('POST', path, { body: { ...given, ...more, openConversationId } });
    expect(refusal(await to(foreign.openConversationId))).toEqual(refusal(await to('cid-none')));
    expect(refusal(await to('cid-none'))).toEqual([400, 'invalid.openConversationId']);
  }
});

test('every call that names a thing without its organization answers about a foreign one as about one that does not exist', async () => {
  const none = { messageId: '0'.repeat(32), appKey: 'app-none', robotCode: 'robot-none' };
  const { paths } = await documentOf(server.url);
  const names = Object.keys(none) as (keyof typeof none)[];
  for (const [template, item] of Object.entries(paths)) {
    const name = names.find((one) => template.startsWith('/console/v1/') && template.includes(`{${one}}`));
    if (!name || /\{corpId\}|openConversationId|customRobots/.test(template)) continue;
    for (const [method, operation] of Object.entries(item as Readonly<Record<string, Described>>)) {
      const example = operation.requestBody?.content['application/json']?.example;
      const ask = async (code: string) => {
        const path = template.replace('/console/v1/', '').replace(`{${name}}`, code).replace('{msgKey}', 'sampleText');
        const query = template.endsWith('/blocks') ? { query: { corpId: 'corp-one' } } : {};
        const request = { ...query, ...(example && { body: example }) };
        const { status, body } = await operator.call(method.toUpperCase(), path.replace('{number}', '1'), request);
        return { status, code: body.code, message: String(body.message).replaceAll(code, 'X') };
      };
      const label = `${method} ${template}`;
      const [real, unknown] = [await ask(String(foreign[name])), await ask(none[name])];
      expect({ label, ...real }).toEqual({ label, ...unknown });
      expect([label, real.status]).toEqual([label, 404]);
    }
  }
});

test('no list has anything of a foreign organization', async () => {
  for (const path of ['organizations', 'apps', 'robots', 'audit']) {
    const { text, status } = await operator.call('GET', path, { query: { limit: '100' } });
    expect([path, status]).toEqual([path, 200]);
    for (const word of ['corp-two', 'app-two', 'robot-two', 'mallory'])
      expect([path, text.includes(word)]).toEqual([path, false]);
  }
  const { apps } = ok(await operator.call('GET', 'apps', { query: { text: 'suite' } })) as { apps: object[] };
  expect(apps).toMatchObject([
    { appKey: 'suite', authorizedBy: ['corp-one'] },
    { appKey: 'suite-two', authorizedBy: [] },
  ]);
});

test('what belongs to all organizations is changed only with a role for all of them', async () => {
  const everywhere = await enter({ role: 'operator' });
  const change = { body: { name: 'Robot of the suite' } };
  expect(refusal(await operator.call('PUT', 'robots/robot-suite', change))).toEqual([403, 'huizhi.forbidden']);
  expect((await everywhere.call('PUT', 'robots/robot-suite', change)).status).toBe(200);
  for (const path of ['apps/suite/rotate', 'apps/suite/suiteTickets'])
    expect(refusal(await operator.call('POST', path))).toEqual([403, 'huizhi.forbidden']);
  for (const path of ['apps/suite/suiteTickets', 'apps/suite/connections', 'apps/suite/messageUrl'])
    expect(refusal(await operator.call('GET', path))).toEqual([403, 'huizhi.forbidden']);
  const created = { body: { appKey: 'suite-new', kind: 'thirdParty' } };
  expect(refusal(await operator.call('POST', 'apps', created))).toEqual([403, 'huizhi.forbidden']);
  const here = { body: { installed: false } };
  expect((await operator.call('PUT', 'robots/robot-suite/installations/corp-one', here)).status).toBe(200);
  const authorized = { body: { authorized: true } };
  expect((await operator.call('PUT', 'apps/suite-two/authorizations/corp-one', authorized)).status).toBe(200);
});

test('a code that a foreign organization uses cannot be used again', async () => {
  const app = { body: { appKey: 'app-two', kind: 'internal', corpId: 'corp-one' } };
  expect(refusal(await operator.call('POST', 'apps', app))).toEqual([409, 'huizhi.conflict']);
  for (const robotCode of ['robot-two', foreign.customRobotCode]) {
    const robot = { body: { robotCode, name: 'n', appKey: 'app-one' } };
    expect(refusal(await operator.call('POST', 'robots', robot))).toEqual([409, 'huizhi.conflict']);
  }
  const fresh = { body: { appKey: 'app-fresh', kind: 'internal', corpId: 'corp-one' } };
  const { agentId } = ok(await operator.call('POST', 'apps', fresh));
  const all = ok(await asOwner('GET', 'apps', { query: { limit: '100' } })) as { apps: { agentId: number }[] };
  expect(all.apps.filter((one) => one.agentId === agentId)).toHaveLength(1);
});

test('an operator whose organization is one of two sees its messages, and none of the other in any list', async () => {
  await sent();
  const { messages } = ok(await operator.call('GET', 'messages', { query: { corpId: 'corp-one' } })) as {
    messages: readonly { messageId: string }[];
  };
  expect(messages.length).toBeGreaterThan(0);
  const detail = await operator.call('GET', `messages/${messages[0]?.messageId}`);
  expect(detail.status).toBe(200);
  expect(
    (await server.call('GET', `/console/v1/messages/${foreign.messageId}`, { headers: bearer(server.adminToken) }))
      .status,
  ).toBe(200);
});
