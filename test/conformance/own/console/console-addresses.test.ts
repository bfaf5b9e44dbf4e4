/** Addresses of the receivers of events and messages, whose query may contain a secret. */
import { beforeAll, expect, test } from 'vitest';
import { fileServer } from '../../support/harness.ts';
import { type GivenGrant, operatorsOf } from '../../support/operators.ts';
import { aesKey, bothTypes, token } from '../../support/push.ts';
import { setup } from '../../support/setup.ts';
import { webhookWorld } from '../../support/webhooks.ts';
import { ok, world } from '../../support/world.ts';

const base = 'http://127.0.0.1:1/path';
const whole = `${base}?key=of-an-address`;
const redacted = `${base}?…`;

const withPush = setup.apps.map((one) =>
  one.appKey === 'app-one' ? { ...one, push: { url: whole, token, aesKey, types: bothTypes } } : one,
);
const server = await fileServer({ setup: { ...setup, apps: withPush } });
const { hook, manage } = webhookWorld(world(server));
const { asOwner, enter } = operatorsOf(server);
const query = { corpId: 'corp-one' };

let paths: readonly (readonly [path: string, member: string])[];

beforeAll(async () => {
  const { endpointId } = ok(await asOwner('POST', 'endpoints', { body: { ...query, url: whole } }));
  for (const appKey of ['app-one', 'suite'])
    ok(await asOwner('PUT', `apps/${appKey}/messageUrl`, { body: { messageUrl: whole } }));
  const made = await hook();
  ok(await manage('outgoing/update', { token: made.token, outgoingUrl: whole }));
  paths = [
    ['endpoints', 'url'],
    [`endpoints/${endpointId}`, 'url'],
    ['apps/app-one/push', 'url'],
    ['apps/app-one/messageUrl', 'messageUrl'],
    ['customRobots', 'outgoingUrl'],
    [`customRobots/${made.robotCode}`, 'outgoingUrl'],
  ];
});

/** The addresses that an operator with these roles sees, one for each path. */
async function addressesFor(...grants: readonly GivenGrant[]): Promise<readonly unknown[]> {
  const { call } = await enter(...grants);
  const seen: unknown[] = [];
  for (const [path, member] of paths) {
    const body = ok(await call('GET', path, path.startsWith('apps') ? {} : { query }));
    const [one = body] = Object.values(body).find(Array.isArray) ?? [];
    seen.push((one as Record<string, unknown>)[member] ?? body[member]);
  }
  return seen;
}

test.each<readonly [what: string, expected: string, grants: readonly GivenGrant[]]>([
  ['an auditor sees no query', redacted, [{ role: 'auditor', ...query }]],
  ['an auditor of all organizations sees no query', redacted, [{ role: 'auditor' }]],
  [
    'an auditor who is an operator elsewhere sees no query',
    redacted,
    [
      { role: 'auditor', ...query },
      { role: 'operator', corpId: 'corp-two' },
    ],
  ],
  ['an operator sees the whole address', whole, [{ role: 'operator', ...query }]],
  [
    'an auditor of all who is an operator here sees the whole address',
    whole,
    [{ role: 'auditor' }, { role: 'operator', ...query }],
  ],
])('%s of an address', async (_, expected, grants) => {
  expect(await addressesFor(...grants)).toEqual(paths.map(() => expected));
});

test('the address of a third-party app is whole only for those who may change it in all organizations', async () => {
  const addressFor = async (...grants: readonly GivenGrant[]) =>
    ok(await (await enter(...grants)).call('GET', 'apps/suite/messageUrl')).messageUrl;
  expect(await addressFor({ role: 'auditor' }, { role: 'operator', ...query })).toBe(redacted);
  expect(await addressFor({ role: 'operator' })).toBe(whole);
});

test('the audit log has no query of an address', async () => {
  const { text } = await asOwner('GET', 'audit', { query: { limit: '100' } });
  expect(text).toContain('app.messageUrl');
  expect(text).not.toContain('of-an-address');
});
