import { expect, test } from 'vitest';
import { type Child, startChild } from '../support/child.ts';
import { appSecrets, setup } from '../support/setup.ts';
import { bearer, ok, sendPath, tokenHeader, world } from '../support/world.ts';

const letter = 'a confidential letter';

/** Makes every call that involves secrets, valid and invalid, and returns what must not be visible. */
async function busyWith(child: Child, signIn: () => Promise<string>): Promise<readonly string[]> {
  const { call, send, suiteToken, tokenOf } = world(child);
  const [token, suite, session] = [await tokenOf(), await suiteToken('corp-one'), await signIn()];
  await send({ msgParam: JSON.stringify({ content: letter }) });
  await send({}, `${token}x`);
  await send({ robotCode: 'nobody' });
  await call('POST', `${sendPath}?${tokenHeader}=${token}`, { body: { robotCode: 'nobody' } });
  await call('GET', '/gettoken', { query: { appkey: 'app-one', appsecret: appSecrets['app-one'] } });
  await call('GET', '/gettoken', { query: { appkey: 'nobody', appsecret: appSecrets['app-one'] } });
  await call('POST', '/v1.0/oauth2/accessToken', { body: { appKey: 'app-two', appSecret: appSecrets['app-one'] } });
  for (const secret of Object.values(appSecrets)) {
    await call('POST', '/v1.0/oauth2/accessToken', { body: `{"appSecret":"${secret}` });
    await call('POST', '/v1.0/oauth2/accessToken', { body: `{"appSecret":${secret}}` });
    await call('POST', '/inbox/v1/sessions', { body: `{"code":${secret}}` });
  }
  await send({ msgParam: `{"content":${letter}}` });
  await call('GET', '/inbox/v1/messages', { headers: bearer(`${session}x`) });
  await call('POST', '/inbox/v1/messages/read', { headers: bearer(session), body: { messageIds: [session] } });
  await call('POST', '/console/v1/signInCodes', { headers: bearer(`${child.adminToken}x`), body: {} });
  return [...Object.values(appSecrets), token, suite, session, letter, child.adminToken, 'the-secret-of-the-server'];
}

/** Whether a text contains any eight consecutive characters of a secret: error messages of parsers quote pieces. */
function leaks(output: string, secret: string): boolean {
  return Array.from({ length: secret.length - 7 }, (_, i) => secret.slice(i, i + 8)).some((piece) =>
    output.includes(piece),
  );
}

const flags = '--log-level trace';
const secretsInEnvironment = {
  HUIZHI_ADMIN_TOKEN: 'admin-token-of-the-suite',
  HUIZHI_SECRET: 'the-secret-of-the-server',
};

test('dev at the log level trace writes no secret', async () => {
  const child = await startChild(`dev --config huizhi.yaml ${flags}`, [], secretsInEnvironment, setup);
  const { emulate, signIn } = world(child);
  const ticket = String((await emulate('POST', 'suiteTickets', { appKey: 'suite' })).suiteTicket);
  const secrets = await busyWith(child, () => signIn('alice'));
  // Lines of the log begin with their level; the line of the command itself has the secrets of the demo data.
  const log = child.output().replace(/^\{(?!"level").*"url".*$/m, '');
  expect(log).toContain('"level":"debug"');
  for (const secret of [...secrets, ticket]) expect([secret, leaks(log, secret)]).toEqual([secret, false]);
});

test('serve at the log level trace writes no secret', async () => {
  const child = await startChild(`serve ${flags}`, [], secretsInEnvironment, setup);
  const codes: string[] = [];
  const signIn = async () => {
    const body = { corpId: 'corp-one', userId: 'alice' };
    const { code } = ok(
      await child.call('POST', '/console/v1/signInCodes', { body, headers: bearer(child.adminToken) }),
    );
    codes.push(String(code));
    await child.call('POST', '/inbox/v1/sessions', { body: { code: `${code}x` } });
    return String(ok(await child.call('POST', '/inbox/v1/sessions', { body: { code } })).token);
  };
  const secrets = await busyWith(child, signIn);
  for (const secret of [...secrets, ...codes]) expect([secret, leaks(child.output(), secret)]).toEqual([secret, false]);
});

test('a failed request has its request id, code and cause in the log', async () => {
  const child = await startChild(`dev --config huizhi.yaml ${flags}`, [], secretsInEnvironment, setup);
  const { send } = world(child);
  const { body } = await send({ robotCode: 'robot-next' });
  const line = child
    .output()
    .split('\n')
    .find((each) => each.includes(String(body.requestid)));
  expect(JSON.parse(line ?? '{}')).toMatchObject({
    level: 'info',
    requestId: body.requestid,
    code: 'invalidParameter.robotCode.invalid',
    why: 'robot robot-next belongs to app app-next, and the token to app app-one',
  });
});
