import { expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { ok, refusal, sendPath, tokenHeader, world } from '../support/world.ts';

const { call, emulate, freeze, advance, tokenOf, suiteToken, send, sent, signIn } = world(await fileServer());

const accessToken = '/v1.0/oauth2/accessToken';
const corpAccessToken = '/v1.0/oauth2/corpAccessToken';
const pair = { appKey: 'app-one', appSecret: 'secret-of-app-one' };

async function ticket(appKey = 'suite'): Promise<string> {
  return String((await emulate('POST', 'suiteTickets', { appKey })).suiteTicket);
}

async function suite(over: Readonly<Record<string, string>> = {}) {
  const suiteTicket = over.suiteTicket ?? (await ticket());
  const body = { suiteKey: 'suite', suiteSecret: 'secret-of-suite', authCorpId: 'corp-one', suiteTicket, ...over };
  return call('POST', corpAccessToken, { body });
}

async function works(token: string, body: object = {}): Promise<boolean> {
  const reply = await send(body, token);
  if (reply.status === 200) return true;
  expect(refusal(reply)).toEqual([400, 'InvalidAuthentication']);
  return false;
}

test('accessToken returns a token of 7200 seconds, expireIn first', async () => {
  const { body, text } = await call('POST', accessToken, { body: pair });
  expect(Object.keys(body)).toEqual(['expireIn', 'accessToken']);
  expect(body.expireIn).toBe(7200);
  expect(text.startsWith('{"expireIn":7200,"accessToken":"')).toBe(true);
});

test('a repeat within the validity returns the same token and extends it', async () => {
  await freeze();
  const token = await tokenOf('app-one');
  await advance('7199s');
  expect(await tokenOf('app-one')).toBe(token);
  await advance('7199s');
  expect(await works(token)).toBe(true);
});

test('a token expires exactly 7200 seconds after it was last requested, and the next one is different', async () => {
  await freeze();
  const token = await tokenOf('app-one');
  await advance('7199999ms');
  expect(await works(token)).toBe(true);
  await advance('1ms');
  expect(await works(token)).toBe(false);
  expect(await tokenOf('app-one')).not.toBe(token);
});

test.each([
  ['a wrong secret', { appKey: 'app-one', appSecret: 'guess' }],
  ['an unknown appKey', { appKey: 'nobody', appSecret: 'secret-of-app-one' }],
  ['the pair of a third-party app', { appKey: 'suite', appSecret: 'secret-of-suite' }],
  ['an empty secret', { appKey: 'app-one', appSecret: '' }],
  ['a secret that is no text', { appKey: 'app-one', appSecret: 7 }],
])('accessToken answers invalidClientIdOrSecret to %s', async (_, body) => {
  const reply = await call('POST', accessToken, { body });
  expect(refusal(reply)).toEqual([400, 'invalidClientIdOrSecret']);
  expect(reply.body.message).toBe('无效的clientId或者clientSecret');
  await tokenOf('app-one');
});

test.each([
  [accessToken, { appKey: 'k', appSecret: 's' }],
  [corpAccessToken, { suiteKey: 'k', suiteSecret: 's', authCorpId: 'c', suiteTicket: 't' }],
  ['/v1.0/oauth2/corp-one/token', { client_id: 'k', client_secret: 's', grant_type: 'g' }],
])('%s reports the first of its fields that is absent or null', async (path, whole) => {
  const fields = Object.keys(whole);
  for (const [i, field] of fields.entries()) {
    const before = Object.fromEntries(Object.entries(whole).slice(0, i));
    for (const body of [before, { ...whole, [field]: null }]) {
      const reply = await call('POST', path, { body });
      expect(refusal(reply)).toEqual([400, `Missing${field}`]);
      expect(reply.body.message).toBe(`${field} is mandatory for this action.`);
    }
  }
});

test('corpAccessToken returns a new token each time, and all of them work', async () => {
  const [first, second] = [ok(await suite()), ok(await suite())];
  expect(Object.keys(first)).toEqual(['expireIn', 'accessToken']);
  expect(second.accessToken).not.toBe(first.accessToken);
  for (const { accessToken: token } of [first, second]) {
    expect(await works(String(token), { robotCode: 'robot-suite' })).toBe(true);
  }
});

test('the two newest suite tickets are valid, older ones are not, and the emulator lists the valid ones newest first', async () => {
  const [oldest, older, newest] = [await ticket(), await ticket(), await ticket()];
  const { tickets } = await emulate('GET', 'suiteTickets');
  const own = (tickets as { appKey: string; suiteTicket: string }[]).filter(({ appKey }) => appKey === 'suite');
  expect(own.map(({ suiteTicket }) => suiteTicket)).toEqual([newest, older]);
  for (const suiteTicket of [older, newest]) expect((await suite({ suiteTicket })).status).toBe(200);
  const reply = await suite({ suiteTicket: oldest });
  expect([...refusal(reply), reply.body.message]).toEqual([400, 'invalidSuiteTicket', 'suiteTicket无效']);
});

test('each third-party app has a ticket from the start', async () => {
  await emulate('POST', 'reset');
  const { tickets } = await emulate('GET', 'suiteTickets');
  expect((tickets as { appKey: string }[]).map(({ appKey }) => appKey).toSorted()).toEqual(['suite', 'suite-two']);
});

test.each([
  ['an unknown suiteKey', { suiteKey: 'nobody' }, 'invalidSuiteKey', 'suitekey不合法'],
  ['a wrong suiteSecret', { suiteSecret: 'guess' }, 'invalidSuiteKey', 'suitekey不合法'],
  ['an internal app', { suiteKey: 'app-one', suiteSecret: 'secret-of-app-one' }, 'invalidSuiteKey', 'suitekey不合法'],
  ['a foreign ticket', { suiteTicket: 'Test' }, 'invalidSuiteTicket', 'suiteTicket无效'],
  ['an unknown organization', { authCorpId: 'nowhere' }, 'invalidAuthInfo', '授权关系不存在'],
  ['a bad key before a bad ticket', { suiteKey: 'nobody', suiteTicket: 'x' }, 'invalidSuiteKey', 'suitekey不合法'],
  ['a bad ticket before a bad corp', { suiteTicket: 'x', authCorpId: 'x' }, 'invalidSuiteTicket', 'suiteTicket无效'],
])('corpAccessToken refuses %s', async (_, over: Record<string, string>, code, message) => {
  const reply = await suite(over);
  expect([...refusal(reply), reply.body.message]).toEqual([400, code, message]);
  expect((await suite()).status).toBe(200);
});

test('an organization that has not authorized a third-party app gets no token from it', async () => {
  const body = { suiteKey: 'suite-two', suiteSecret: 'secret-of-suite-two', suiteTicket: await ticket('suite-two') };
  expect((await call('POST', corpAccessToken, { body: { ...body, authCorpId: 'corp-two' } })).status).toBe(200);
  const reply = await call('POST', corpAccessToken, { body: { ...body, authCorpId: 'corp-one' } });
  expect(refusal(reply)).toEqual([400, 'invalidAuthInfo']);
});

const unified = (corpId: string, over: object = {}) =>
  call('POST', `/v1.0/oauth2/${corpId}/token`, {
    body: { client_id: 'app-one', client_secret: 'secret-of-app-one', grant_type: 'client_credentials', ...over },
  });

test('the unified call accepts both kinds of app, in snake case', async () => {
  const { body } = await unified('corp-one');
  expect(Object.keys(body)).toEqual(['access_token', 'expires_in']);
  expect(body.expires_in).toBe(7200);
  expect(body.access_token).toBe(await tokenOf('app-one'));
  expect(await works(await suiteToken('corp-one'), { robotCode: 'robot-suite' })).toBe(true);
});

test.each([
  ['an unknown client', 'corp-one', { client_id: 'nobody' }, 400, 'invalid.client'],
  ['a wrong secret', 'corp-one', { client_secret: 'guess' }, 400, 'invalid.client'],
  ['another grant type', 'corp-one', { grant_type: 'password' }, 400, 'unsupported.grant.type'],
  ['an internal app for another organization', 'corp-two', {}, 401, 'unauthorized.client'],
  [
    'a third-party app without authorization',
    'corp-one',
    { client_id: 'suite-two', client_secret: 'secret-of-suite-two' },
    401,
    'unauthorized.client',
  ],
])('the unified call answers its code as its message to %s', async (_, corpId, over, status, code) => {
  const reply = await unified(corpId, over);
  expect([...refusal(reply), reply.body.message]).toEqual([status, code, code]);
  await tokenOf('app-one');
});

test('the unified call answers 500 unknownError for an organization that does not exist', async () => {
  const reply = await unified('nowhere');
  expect([...refusal(reply), reply.body.message]).toEqual([500, 'unknownError', '未知错误']);
});

const legacy = (query: Record<string, string> | string) => call('GET', '/gettoken', { query });

test('the legacy call returns the same token, which works on v1.0 calls', async () => {
  const { text, body } = await legacy({ appkey: 'app-one', appsecret: 'secret-of-app-one' });
  expect(Object.keys(body)).toEqual(['errcode', 'access_token', 'errmsg', 'expires_in']);
  expect(body).toMatchObject({ errcode: 0, errmsg: 'ok', expires_in: 7200 });
  expect(text.startsWith('{"errcode":0,')).toBe(true);
  expect(body.access_token).toBe(await tokenOf('app-one'));
  expect(await works(String(body.access_token))).toBe(true);
});

test.each([
  ['a wrong pair', 'appkey=app-one&appsecret=guess', 40096, '不合法的appKey或appSecret'],
  ['a third-party app', 'appkey=suite&appsecret=secret-of-suite', 40096, '不合法的appKey或appSecret'],
  ['no parameters', '', 40035, '缺少参数 corpid or appkey'],
  ['no appsecret', 'appkey=app-one', 40035, '缺少参数 corpid or appkey'],
  [
    'a parameter given twice',
    'appkey=app-one&appkey=app-one&appsecret=secret-of-app-one',
    40035,
    '缺少参数 corpid or appkey',
  ],
  ['a broken escape', 'appkey=%zz&appsecret=x', 40035, '缺少参数 corpid or appkey'],
])('the legacy call answers %s with HTTP 200 and an errcode', async (_, query, errcode, errmsg) => {
  const { status, body } = await legacy(query);
  expect([status, body]).toEqual([200, { errcode, errmsg }]);
  await tokenOf('app-one');
});

test('the legacy call accepts an organization with the secret of one of its internal apps', async () => {
  const { body } = await legacy({ corpid: 'corp-one', corpsecret: 'secret-of-app-one' });
  expect(body).toMatchObject({ errcode: 0, errmsg: 'ok', expires_in: 7200 });
  expect(body.access_token).toBe(await tokenOf('app-one'));
});

test.each([
  ['a wrong secret', 'corpid=corp-one&corpsecret=guess', 40089],
  ['an unknown organization', 'corpid=nowhere&corpsecret=secret-of-app-one', 40089],
  ['the app of another organization', 'corpid=corp-one&corpsecret=secret-of-app-two', 40089],
  ['a third-party app', 'corpid=corp-one&corpsecret=secret-of-suite', 40089],
  ['empty values', 'corpid=&corpsecret=', 40035],
  ['a corpid with an appsecret', 'corpid=corp-one&appsecret=secret-of-app-one', 40035],
])('the legacy call answers %s in the form of organizations with an errcode', async (_, query, errcode) => {
  const { status, body } = await legacy(query);
  const errmsg = errcode === 40089 ? '不合法的corpId或corpSecret' : '缺少参数 corpid or appkey';
  expect([status, body]).toEqual([200, { errcode, errmsg }]);
});

test('the legacy call with another method than GET answers 43001', async () => {
  const { status, body } = await call('POST', '/gettoken', {
    query: { appkey: 'app-one', appsecret: 'secret-of-app-one' },
  });
  expect([status, body]).toEqual([200, { errcode: 43001, errmsg: '需要GET请求' }]);
});

test('the legacy call ignores its body', async () => {
  const { status, body } = await call('GET', '/gettoken', {
    body: { appkey: 'app-one', appsecret: 'secret-of-app-one' },
  });
  expect([status, body.errcode]).toEqual([200, 40035]);
});

test('the token calls ignore the token of the caller', async () => {
  const reply = await call('POST', accessToken, { body: pair, headers: { [tokenHeader]: 'nonsense' } });
  expect(reply.status).toBe(200);
});

const sendBody = { robotCode: 'robot-one', userIds: ['alice'], msgKey: 'sampleText', msgParam: '{"content":"x"}' };

test('a token is accepted in the header, in any case', async () => {
  const token = await tokenOf('app-one');
  for (const name of [tokenHeader, 'X-Acs-DingTalk-Access-Token']) {
    ok(await call('POST', sendPath, { body: sendBody, headers: { [name]: token } }));
  }
});

test('a token is accepted in a query parameter of the same name', async () => {
  ok(await call('POST', sendPath, { body: sendBody, query: { [tokenHeader]: await tokenOf('app-one') } }));
});

test('a token as bearer or as access_token counts as missing', async () => {
  const token = await tokenOf('app-one');
  const bearer = { authorization: `Bearer ${token}` };
  for (const ask of [{ headers: bearer }, { query: { access_token: token } }, { headers: { [tokenHeader]: '' } }, {}]) {
    const reply = await call('POST', sendPath, { body: sendBody, ...ask });
    expect(refusal(reply)).toEqual([400, 'AuthenticationFailed.MissingParameter']);
    expect(reply.body.message).toBe('缺少参数：x-acs-dingtalk-access-token');
  }
});

test('the token parameter given twice is refused', async () => {
  const token = await tokenOf('app-one');
  const query = `${tokenHeader}=${token}&${tokenHeader}=${token}`;
  const reply = await call('POST', sendPath, { body: sendBody, query });
  expect(refusal(reply)).toEqual([400, 'invalidParameter.param.invalid']);
});

test('a forged or altered token, and a token of another kind, are 400 InvalidAuthentication and never 401', async () => {
  const token = await tokenOf('app-one');
  const altered = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
  for (const bad of ['nonsense', altered, token.toUpperCase(), ` ${token}0`, await signIn('alice'), '0'.repeat(32)]) {
    const reply = await send({}, bad);
    expect([...refusal(reply), reply.body.message]).toEqual([400, 'InvalidAuthentication', '不合法的access_token']);
  }
});

test('a token belongs to its app in one organization', async () => {
  const [one, two] = [await suiteToken('corp-one'), await suiteToken('corp-two')];
  await sent({ robotCode: 'robot-suite', userIds: ['bob'] }, one);
  await sent({ robotCode: 'robot-suite', userIds: ['mallory'] }, two);
  expect(refusal(await send({ robotCode: 'robot-suite', userIds: ['mallory'] }, one))).toEqual([
    400,
    'staffId.notExisted',
  ]);
  expect(refusal(await send({ robotCode: 'robot-suite', userIds: ['bob'] }, two))).toEqual([400, 'staffId.notExisted']);
});

test('the cause of an expired token says for how long it has been expired', async () => {
  await freeze();
  const token = await tokenOf('app-one');
  await advance('7203s');
  await send({}, token);
  const { requests } = (await emulate('GET', 'requests?limit=1000')) as { requests: { error?: { why: string } }[] };
  expect(requests.at(-1)?.error?.why).toContain('3000 ms');
});
