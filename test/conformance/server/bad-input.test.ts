import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Ask, type Fields, fileServer } from '../support/harness.ts';
import { exchange, requestText } from '../support/raw.ts';
import { hello, recallPath, refusal, sendPath, statusPath, tokenHeader, world } from '../support/world.ts';

const server = await fileServer();
const { call, emulate, freeze, recall, sent, signIn, status, tokenOf } = world(server);

const tooLarge = 1024 * 1024 + 1;
let token = '';
let session = '';
let before: Fields = {};

beforeEach(async () => {
  // A repeated token request extends the token; on a frozen clock that changes nothing.
  await freeze();
  token = await tokenOf();
  session = await signIn('alice');
  await sent();
  before = await emulate('GET', 'snapshot');
});

afterEach(async () => {
  // No request has changed anything. (The file's server checks that nothing was logged above debug.)
  expect(await emulate('GET', 'snapshot')).toEqual(before);
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  call('POST', path, { body, headers: { [tokenHeader]: token, authorization: `Bearer ${session}`, ...headers } });

/** Calls with a body: some of the vendor's, and some of the inbox and the emulator. */
const vendor = [
  ...[sendPath, recallPath, '/v1.0/oauth2/accessToken', '/v1.0/oauth2/corp-one/token'],
  '/v1.0/card/instances/createAndDeliver',
];
const own = [
  ...['/inbox/v1/sessions', '/inbox/v1/messages/read', '/emulator/v1/reads', '/emulator/v1/clock'],
  ...['/inbox/v1/cards/none/actions', '/emulator/v1/cards/actions'],
];

/** Invalid bodies, with the errors of both kinds of path. */
const bodies: readonly (readonly [string, string, Record<string, string>, string, string])[] = [
  ['nothing', '', {}, 'Missingbody', 'huizhi.badRequest'],
  ['blanks', ' \r\n\t ', {}, 'Missingbody', 'huizhi.badRequest'],
  ['a form', 'a=1&b=2', { 'content-type': 'application/x-www-form-urlencoded' }, 'Missingbody', 'huizhi.badRequest'],
  [
    'a form with files',
    '--x--',
    { 'content-type': 'multipart/form-data; boundary=x' },
    'Missingbody',
    'huizhi.badRequest',
  ],
  ['plain text', '{}', { 'content-type': 'text/plain' }, 'Missingbody', 'huizhi.badRequest'],
  ['half a JSON', '{"a":', {}, 'Invalidbody', 'huizhi.badRequest'],
  ['a list', '[]', {}, 'Invalidbody', 'huizhi.badRequest'],
  ['a number', '7', {}, 'Invalidbody', 'huizhi.badRequest'],
  ['null', 'null', {}, 'Invalidbody', 'huizhi.badRequest'],
  ['a raw NUL in a text', '{"a":"\0"}', {}, 'Invalidbody', 'huizhi.badRequest'],
  ['XML', '<a/>', {}, 'Invalidbody', 'huizhi.badRequest'],
  ['65 levels', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`, {}, 'huizhi.tooDeep', 'huizhi.tooDeep'],
  ['65 levels of lists', `{"a":${'['.repeat(65)}${']'.repeat(65)}}`, {}, 'huizhi.tooDeep', 'huizhi.tooDeep'],
  ['500,000 brackets', '['.repeat(500_000), {}, 'huizhi.tooDeep', 'huizhi.tooDeep'],
];

test.each(bodies)('a body of %s is refused on every path', async (_, body, headers, wireCode, ownCode) => {
  for (const path of vendor) expect([path, ...refusal(await post(path, body, headers))]).toEqual([path, 400, wireCode]);
  for (const path of own) expect([path, ...refusal(await post(path, body, headers))]).toEqual([path, 400, ownCode]);
});

/** Content types that a page of another origin may send without a preflight. */
const disguises = ['text/plain;json', 'text/plain; charset=json', 'text/plain;a=application/json'];

test.each(disguises)(
  'a body with the content type %s is not JSON on own paths, because pages of other origins can send it',
  async (type) => {
    for (const path of own) {
      const refused = refusal(
        await post(path, '{"corpId":"corp-one","userId":"alice","advance":"1s"}', { 'content-type': type }),
      );
      expect([path, ...refused]).toEqual([path, 400, 'huizhi.badRequest']);
    }
  },
);

test('a request from a page of another origin changes nothing on own paths, with a body or without', async () => {
  for (const path of [...own, '/emulator/v1/reset', '/emulator/v1/delivery/release', '/console/v1/sessions']) {
    for (const site of ['cross-site', 'same-site']) {
      const refused = refusal(await post(path, '', { 'sec-fetch-site': site }));
      expect([path, site, ...refused]).toEqual([path, site, 403, 'huizhi.forbidden']);
    }
  }
  expect((await server.call('GET', '/inbox/v1/sessions', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(
    200,
  );
  const here = { 'sec-fetch-site': 'same-origin' };
  expect((await server.call('POST', '/emulator/v1/delivery/release', { headers: here })).status).toBe(200);
});

test('a body of exactly 1 MiB is accepted, one more byte is 413 on every path', async () => {
  for (const path of [...vendor, ...own]) {
    const head = `POST ${path}`;
    const headers = { 'content-type': 'application/json', [tokenHeader]: token, authorization: `Bearer ${session}` };
    const whole = requestText(head, headers, `{"a":"${'x'.repeat(tooLarge - 9)}"}`);
    const [taken] = (await exchange(server.port, whole, { count: 1 })).replies;
    expect([path, taken?.status]).toEqual([path, 400]);
    expect(taken?.body.code).not.toBe('huizhi.tooLarge');
    const [refused] = (await exchange(server.port, requestText(head, headers, ' '.repeat(tooLarge)), { count: 1 }))
      .replies;
    expect([path, refused?.status, refused?.body.code]).toEqual([path, 413, 'huizhi.tooLarge']);
  }
});

test('a body that grows too large in chunks is 413, too', async () => {
  const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
  for (const path of ['/v1.0/oauth2/accessToken', '/inbox/v1/sessions']) {
    const request = requestText(`POST ${path}`, { 'transfer-encoding': 'chunked' }) + chunk.repeat(17);
    const [reply] = (await exchange(server.port, request, { count: 1 })).replies;
    expect([reply?.status, reply?.body.code]).toEqual([413, 'huizhi.tooLarge']);
  }
});

test('invalid UTF-8 is refused on every path', async () => {
  for (const bytes of ['ff', 'c328', 'e28228', 'eda080', 'f4908080', 'c0af']) {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes, 'hex'), Buffer.from('"}')]);
    for (const [path, code] of [
      ['/v1.0/oauth2/accessToken', 'Invalidbody'],
      ['/inbox/v1/sessions', 'huizhi.badRequest'],
    ]) {
      const head = requestText(`POST ${path}`, { 'content-length': String(body.length) });
      const [reply] = (await exchange(server.port, Buffer.concat([Buffer.from(head), body]), { count: 1 })).replies;
      expect([bytes, reply?.status, reply?.body.code]).toEqual([bytes, 400, code]);
    }
  }
});

/** Texts on which a store or an answer might fail. */
const texts = [
  '\0',
  'a\0b',
  '\ud800',
  '\udc00a',
  '\u202e',
  '\r\n',
  "'; drop table messages; --",
  '%00',
  '../../etc/passwd',
  '{{7*7}}',
  '__proto__',
  'x'.repeat(10_000),
];

test.each(texts)('the text %j as a code is one that does not exist', async (text) => {
  const send = async (over: object) => refusal(await post(sendPath, { ...hello, ...over }));
  expect(await send({ robotCode: text })).toEqual([
    400,
    text.trim() === '' ? 'invalidParameter.robotCode.empty' : 'invalidParameter.robotCode.notExsit',
  ]);
  expect(await send({ msgKey: text })).toEqual([
    400,
    text.trim() === '' ? 'invalidParameter.msgKey.empty' : 'invalidParameter.msgKey.invalid',
  ]);
  const isClean = !text.includes('\0') && text.isWellFormed();
  expect(await send({ userIds: [text] })).toEqual([
    400,
    isClean ? 'staffId.notExisted' : 'invalidParameter.param.invalid',
  ]);
  expect(await send({ msgParam: text })).toEqual([400, 'invalidParameter.msgParam.invalid']);
  expect(refusal(await recall({ robotCode: text, processQueryKeys: ['x'] }, token))).toEqual([
    400,
    'invalidParameter.robotCode',
  ]);
  expect((await recall({ processQueryKeys: [text] }, token)).body.successResult).toEqual([]);
  const pair = { appKey: text, appSecret: text };
  expect(refusal(await post('/v1.0/oauth2/accessToken', pair))).toEqual([400, 'invalidClientIdOrSecret']);
  await tokenOf();
});

test.each(texts)('the text %j in a query is one that does not exist', async (text) => {
  const code = text.trim() === '' ? 'invalidParameter.robotCode.empty' : 'invalidParameter.robotCode.notExsit';
  expect(refusal(await status({ robotCode: text, processQueryKey: 'x' }, token))).toEqual([400, code]);
  const key = text.trim() === '' ? 'invalidParameter.param.invalid' : 'invalid.processQueryKey';
  expect(refusal(await status({ robotCode: 'robot-one', processQueryKey: text }, token))).toEqual([400, key]);
});

test.each(texts)('the text %j on our own paths is refused or not found', async (text) => {
  const people = await post('/inbox/v1/sessions', { corpId: 'corp-one', userId: text });
  expect([400, 404]).toContain(people.status);
  expect(refusal(await post('/inbox/v1/messages/read', { messageIds: [text] }))).toEqual([400, 'huizhi.badRequest']);
  expect([400, 404]).toContain((await post('/emulator/v1/reads', { processQueryKey: text })).status);
  const mute: Ask = { body: { muted: true }, headers: { authorization: `Bearer ${session}` } };
  const path = `/inbox/v1/robots/${encodeURIComponent(text.toWellFormed())}`;
  expect((await call('PUT', path, mute)).status).toBe(404);
});

test('wrong types in every field of every body are 4xx', { timeout: 60_000 }, async () => {
  const values = [null, true, -1, 1.5, 1e308, [], {}, [[]], [null], ''];
  const fields: readonly (readonly [string, Record<string, unknown>])[] = [
    [sendPath, hello],
    [recallPath, { robotCode: 'robot-one', processQueryKeys: ['x'] }],
    ['/v1.0/oauth2/corp-one/token', { client_id: 'nobody', client_secret: 'x', grant_type: 'client_credentials' }],
    ['/v1.0/oauth2/corpAccessToken', { suiteKey: 'nobody', suiteSecret: 'x', authCorpId: 'x', suiteTicket: 'x' }],
    ['/inbox/v1/sessions', { corpId: 'corp-one', userId: 'nobody' }],
    ['/inbox/v1/messages/read', { messageIds: ['x'] }],
    ['/emulator/v1/reads', { processQueryKey: 'x', userIds: ['alice'] }],
    ['/emulator/v1/suiteTickets', { appKey: 'nobody' }],
  ];
  let guesses = 0;
  for (const [path, whole] of fields) {
    for (const field of Object.keys(whole)) {
      for (const value of values) {
        // Each guess from another address, because guesses are slowed down.
        const somebody = path.includes('oauth2') ? { [Object.keys(whole)[0] ?? '']: `nobody${guesses++}` } : {};
        const { status: code, body } = await post(path, { ...whole, ...somebody, [field]: value });
        if (path.includes('oauth2')) await tokenOf();
        const isHarmless = path === recallPath && code === 200 && JSON.stringify(body.successResult) === '[]';
        const isNoRead = path === '/inbox/v1/messages/read' && code === 200 && body.read === 0;
        if (!isHarmless && !isNoRead)
          expect([path, field, value, code >= 400 && code < 500]).toEqual([path, field, value, true]);
      }
    }
  }
});

test.each(['%', '%z', '%zz', '%E4%B8', '%FF', '%C0%AF', '%ed%a0%80'])(
  'the broken escape %s in a path or a query is 4xx',
  async (broken) => {
    const headers = { [tokenHeader]: token, authorization: `Bearer ${session}` };
    const lines = [
      [`${statusPath}?robotCode=${broken}&processQueryKey=x`, 'invalidParameter.param.invalid'],
      [`${statusPath}?robotCode=x&processQueryKey=${broken}`, 'invalidParameter.param.invalid'],
      [`/v1.0/${broken}`, 'InvalidAction.NotFound'],
      [`/inbox/v1/${broken}`, 'huizhi.notFound'],
    ];
    for (const [path = '', code] of lines)
      expect([path, (await call('GET', path, { headers })).body.code]).toEqual([path, code]);
    const cursor = await call('GET', `/inbox/v1/messages?cursor=${broken}`, { headers });
    expect(refusal(cursor)).toEqual([400, 'huizhi.badRequest']);
  },
);

test('a broken escape in place of an organization is the vendor’s unknownError', async () => {
  const body = { client_id: 'x', client_secret: 'x', grant_type: 'client_credentials' };
  expect(refusal(await post('/v1.0/oauth2/%zz/token', body))).toEqual([500, 'unknownError']);
});

test('negative, fractional and too large numbers are refused in every numeric parameter', async () => {
  const headers = { authorization: `Bearer ${session}` };
  for (const number of ['-1', '0', '1.5', '1e3', '0x10', '٣', '99999999999999999999', 'NaN', 'Infinity', ' 1']) {
    const reply = await call('GET', '/inbox/v1/messages', { query: { limit: number }, headers });
    expect([number, ...refusal(reply)]).toEqual([number, 400, 'huizhi.badRequest']);
  }
});

test('a URL of 15,000 characters is handled by its path', async () => {
  const query = `x=${'y'.repeat(15_000)}`;
  expect(refusal(await call('GET', `/v1.0/${'x'.repeat(15_000)}`))).toEqual([404, 'InvalidAction.NotFound']);
  expect(refusal(await call('GET', statusPath, { query, headers: { [tokenHeader]: token } }))).toEqual([
    400,
    'invalidParameter.robotCode.missing',
  ]);
});

test('twenty thousand parameters and a thousand fields have no effect', async () => {
  const query = 'a&'.repeat(5000);
  expect(refusal(await call('GET', statusPath, { query, headers: { [tokenHeader]: token } }))).toEqual([
    400,
    'invalidParameter.robotCode.missing',
  ]);
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`field${i}`, i]));
  expect(refusal(await post(sendPath, many))).toEqual([400, 'MissingrobotCode']);
});

test('names of members of Object are neither fields nor change prototypes', async () => {
  const body =
    '{"__proto__":{"robotCode":"robot-one","userIds":["alice"],"msgKey":"sampleText","msgParam":"{}"},"constructor":{}}';
  expect(refusal(await post(sendPath, body))).toEqual([400, 'MissingrobotCode']);
  expect(refusal(await post(sendPath, { ...hello, msgKey: 'toString' }))).toEqual([
    400,
    'invalidParameter.msgKey.invalid',
  ]);
  expect('robotCode' in {}).toBe(false);
});

test('a header with every byte that HTTP allows is an unknown token', async () => {
  const bytes = Buffer.from(Array.from({ length: 94 }, (_, i) => i + 33)).toString('latin1');
  const high = Buffer.from(Array.from({ length: 128 }, (_, i) => i + 128)).toString('latin1');
  for (const value of [bytes, high, 'x'.repeat(10_000)]) {
    const request = Buffer.from(
      requestText(`POST ${sendPath}`, { [tokenHeader]: value }, JSON.stringify(hello)),
      'latin1',
    );
    const [reply] = (await exchange(server.port, request, { count: 1 })).replies;
    expect(reply?.body.code).toBe('InvalidAuthentication');
  }
});
