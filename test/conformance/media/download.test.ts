import { describe, expect, test } from 'vitest';
import * as files from '../support/files.ts';
import { fileServer, testServer } from '../support/harness.ts';
import { uploaded } from '../support/media.ts';
import { exchange } from '../support/raw.ts';
import { ok, refusal, tokenHeader, world } from '../support/world.ts';

const server = await fileServer();
const { call, tokenOf, suiteToken, emulate } = world(server);

const path = '/v1.0/robot/messageFiles/download';

async function issue(robotCode = 'robot-one', bytes = files.png, token?: string) {
  const mediaId = await uploaded(server, token ?? (await tokenOf()), 'image', bytes, '图.png');
  const { downloadCode } = await emulate('POST', 'downloadCodes', { robotCode, mediaId });
  return { mediaId, downloadCode: String(downloadCode) };
}

async function request(body: object, token?: string) {
  return call('POST', path, { body, headers: { [tokenHeader]: token ?? (await tokenOf()) } });
}

async function urlOf(downloadCode: string, robotCode = 'robot-one'): Promise<string> {
  return String(ok(await request({ downloadCode, robotCode })).downloadUrl);
}

describe('messageFiles/download', () => {
  test('answers an address that needs no header and returns the bytes as a download', async () => {
    const { downloadCode, mediaId } = await issue();
    const url = await urlOf(downloadCode);
    expect(url).toMatch(
      new RegExp(`^${server.url.replace('127.0.0.1', '(?:127.0.0.1|localhost)')}/downloads/[0-9a-f]+\\.file$`),
    );
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(files.png);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(files.png.length),
      'content-disposition': expect.stringMatching(/^attachment; filename="[\w-]+\.file"/),
      'cache-control': 'no-store',
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
    });
    expect(response.headers.get('content-disposition')).toContain(mediaId.slice(1));
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test('works as often as needed, until an hour is over', async () => {
    const own = await testServer();
    const acts = world(own);
    await acts.freeze();
    const mediaId = await uploaded(own, await acts.tokenOf(), 'image', files.png);
    const { downloadCode } = await acts.emulate('POST', 'downloadCodes', { robotCode: 'robot-one', mediaId });
    const headers = { [tokenHeader]: await acts.tokenOf() };
    const reply = await own.call('POST', path, { body: { downloadCode, robotCode: 'robot-one' }, headers });
    const url = String(reply.body.downloadUrl);
    await acts.advance('1h');
    for (let i = 0; i < 2; i++) expect((await fetch(url)).status).toBe(200);
    await acts.advance('1ms');
    expect((await fetch(url)).status).toBe(404);
  });

  test.each<[string, Readonly<Record<string, unknown>>, string, string]>([
    ['a blank robotCode', { robotCode: ' ' }, 'invalidParameter.robotCode.empty', '机器人robotCode为空'],
    ['a robotCode that is no text', { robotCode: 7 }, 'invalidParameter.robotCode.empty', '机器人robotCode为空'],
    ['a blank downloadCode', { downloadCode: '' }, 'invalidParameter.robotCode.empty', '机器人downloadCode为空'],
    ['an unknown code', { downloadCode: 'x' }, 'invalidParameter.robotCode.downloadCode', '下载码有误或者已经过期'],
    ['another robot', { robotCode: 'robot-more' }, 'invalidParameter.robotCode.auth', '不匹配'],
    ['an unknown robot', { robotCode: 'nobody' }, 'invalidParameter.robotCode.auth', '不匹配'],
    ['no robotCode', { robotCode: undefined }, 'MissingrobotCode', 'robotCode is mandatory'],
    ['no downloadCode', { downloadCode: null }, 'MissingdownloadCode', 'downloadCode is mandatory'],
  ])('refuses %s', async (_, change, code, message) => {
    const { downloadCode } = await issue();
    const reply = await request({ downloadCode, robotCode: 'robot-one', ...change });
    expect(refusal(reply)).toEqual([400, code]);
    expect(reply.body.message).toContain(message);
  });

  test('refuses a changed code', async () => {
    const { downloadCode } = await issue();
    for (const at of [0, 20, downloadCode.length - 1]) {
      const other = downloadCode[at] === 'A' ? 'B' : 'A';
      const forged = downloadCode.slice(0, at) + other + downloadCode.slice(at + 1);
      const reply = await request({ downloadCode: forged, robotCode: 'robot-one' });
      expect(refusal(reply)).toEqual([400, 'invalidParameter.robotCode.downloadCode']);
    }
  });

  test('refuses a robot of another app than that of the token', async () => {
    const { downloadCode } = await issue('robot-next');
    const reply = await request({ downloadCode, robotCode: 'robot-next' });
    expect(refusal(reply)).toEqual([400, 'invalidParameter.robotCode.auth']);
    expect(reply.body.message).toContain('该接口仅支持企业自建应用或三方应用授权调用');
  });

  test('refuses a file of another organization than that of the token', async () => {
    const { downloadCode } = await issue('robot-suite', files.png, await suiteToken('corp-two'));
    const body = { downloadCode, robotCode: 'robot-suite' };
    const reply = await request(body, await suiteToken('corp-one'));
    expect(refusal(reply)).toEqual([400, 'invalidParameter.robotCode.auth']);
    expect(reply.body.message).toContain('企业所属不同');
    expect((await request(body, await suiteToken('corp-two'))).status).toBe(200);
  });

  test('refuses an app without the permission', async () => {
    const { downloadCode } = await issue();
    const reply = await request({ downloadCode, robotCode: 'robot-one' }, await tokenOf('app-bare'));
    expect(refusal(reply)).toEqual([403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied']);
  });

  test('refuses a code after 24 hours, and one whose file was deleted', async () => {
    const own = await testServer();
    const acts = world(own);
    await acts.freeze();
    const ask = async (downloadCode: unknown) => {
      const headers = { [tokenHeader]: await acts.tokenOf() };
      return refusal(await own.call('POST', path, { body: { downloadCode, robotCode: 'robot-one' }, headers }));
    };
    const mediaId = await uploaded(own, await acts.tokenOf(), 'image', files.png);
    const create = async () =>
      (await acts.emulate('POST', 'downloadCodes', { robotCode: 'robot-one', mediaId })).downloadCode;
    const first = await create();
    await acts.advance('24h');
    expect(await ask(first)).toEqual([200, undefined]);
    await acts.advance('1ms');
    expect(await ask(first)).toEqual([400, 'invalidParameter.robotCode.downloadCode']);
    const second = await create();
    const query = { corpId: 'corp-one' };
    await own.call('DELETE', `/console/v1/media/${mediaId}`, {
      query,
      headers: { authorization: `Bearer ${own.adminToken}` },
    });
    expect(await ask(second)).toEqual([400, 'invalidParameter.robotCode.downloadCode']);
  });

  test('has a downloadCode only for files that an organization of the robot has', async () => {
    const mediaId = await uploaded(server, await tokenOf('app-two'), 'image', files.png);
    for (const body of [
      { robotCode: 'robot-one', mediaId },
      { robotCode: 'nobody', mediaId },
      { robotCode: 'robot-two', mediaId: '@none' },
    ]) {
      expect(refusal(await call('POST', '/emulator/v1/downloadCodes', { body }))).toEqual([404, 'huizhi.notFound']);
    }
  });
});

describe('a downloaded file', () => {
  const bytes = files.pictureOf(600_000);

  test.each<[string, number, number, number, string]>([
    ['bytes=0-99', 206, 0, 99, 'bytes 0-99/600000'],
    ['bytes=262143-262144', 206, 262_143, 262_144, 'bytes 262143-262144/600000'],
    ['bytes=599999-', 206, 599_999, 599_999, 'bytes 599999-599999/600000'],
    ['bytes=-5', 206, 599_995, 599_999, 'bytes 599995-599999/600000'],
    ['bytes=100-9999999', 206, 100, 599_999, 'bytes 100-599999/600000'],
    ['bytes=-9999999', 200, 0, 599_999, ''],
    ['bytes=0-', 200, 0, 599_999, ''],
    ['bytes=5-2', 200, 0, 599_999, ''],
    ['bytes=0-1,4-5', 200, 0, 599_999, ''],
    ['lines=1-2', 200, 0, 599_999, ''],
    ['bytes=-', 200, 0, 599_999, ''],
  ])('in the range %s is %i', async (range, status, start, end, contentRange) => {
    const url = await urlOf((await issue('robot-one', bytes)).downloadCode);
    const response = await fetch(url, { headers: { range } });
    expect([response.status, response.headers.get('content-range') ?? '']).toEqual([status, contentRange]);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  test.each(['bytes=600000-', 'bytes=700000-700001', 'bytes=-0'])('has no range %s', async (range) => {
    const response = await fetch(await urlOf((await issue('robot-one', bytes)).downloadCode), { headers: { range } });
    expect([response.status, response.headers.get('content-range'), await response.text()]).toEqual([
      416,
      'bytes */600000',
      '',
    ]);
  });

  test('answers HEAD without the bytes', async () => {
    const response = await fetch(await urlOf((await issue()).downloadCode), { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      String(files.png.length),
      '',
    ]);
  });

  test('is not found under a changed address', async () => {
    const url = await urlOf((await issue()).downloadCode);
    const [start, token = ''] = url.split('/downloads/');
    const flipped = (token.startsWith('a') ? 'b' : 'a') + token.slice(1);
    for (const name of [flipped, token.replace('.file', ''), token.toUpperCase(), `${token}x`, '.file', 'x.file']) {
      const response = await fetch(`${start}/downloads/${name}`);
      expect([name, response.status]).toEqual([name, 404]);
    }
  });

  test('has an address that the access log masks', async () => {
    const own = await testServer({ accessLog: true });
    const acts = world(own);
    const mediaId = await uploaded(own, await acts.tokenOf(), 'image', files.png);
    const { downloadCode } = await acts.emulate('POST', 'downloadCodes', { robotCode: 'robot-one', mediaId });
    const headers = { [tokenHeader]: await acts.tokenOf() };
    const reply = await own.call('POST', path, { body: { downloadCode, robotCode: 'robot-one' }, headers });
    const url = String(reply.body.downloadUrl);
    expect((await fetch(url)).status).toBe(200);
    const token = url.split('/').at(-1) ?? '';
    await expect.poll(() => own.log.some(({ text }) => text.includes('/downloads/'))).toBe(true);
    expect(own.log.filter(({ text }) => text.includes(token.slice(10)))).toEqual([]);
  });
});

test('pipelined downloads arrive whole and in order', async () => {
  const big = files.pictureOf(1_000_000);
  const paths = await Promise.all(
    [big, files.png, big].map(
      async (bytes) => new URL(await urlOf((await issue('robot-one', bytes)).downloadCode)).pathname,
    ),
  );
  const text = paths.map((target) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join('');
  const { replies } = await exchange(server.port, text, { count: 3 });
  const lengths = replies.map(({ status, head }) => [status, Number(/content-length: (\d+)/i.exec(head)?.[1])]);
  expect(lengths).toEqual([big, files.png, big].map(({ length }) => [200, length]));
});
