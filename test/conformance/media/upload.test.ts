import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import * as files from '../support/files.ts';
import { type Fields, fileServer, testServer } from '../support/harness.ts';
import { insideServer } from '../support/inside.ts';
import { fileParts, formOf, formType, type Part, postForm, uploaded } from '../support/media.ts';
import { exchange } from '../support/raw.ts';
import { world } from '../support/world.ts';

const server = await fileServer();
const { tokenOf, suiteToken, emulate } = world(server);
const mebibyte = 1024 * 1024;

const post = async (parts: readonly Part[], query: Readonly<Record<string, string>> = {}) =>
  postForm(server, { access_token: await tokenOf(), ...query }, formOf(parts));

const outcome = ({ status, body }: { status: number; body: Fields }) => [status, body.errcode, body.errmsg];

type Row = { readonly name: string; readonly type: string; readonly size: number; readonly mediaId: string };

/** The files of organization one, newest first, and the bytes that all its files have. */
async function stored(from = server): Promise<{ files: readonly Row[]; bytes: number }> {
  const headers = { authorization: `Bearer ${from.adminToken}` };
  const list = await from.call('GET', '/console/v1/media', { query: { corpId: 'corp-one' }, headers });
  const usage = await from.call('GET', '/console/v1/media/usage', { query: { corpId: 'corp-one' }, headers });
  return { files: list.body.media as Row[], bytes: Number(usage.body.bytes) };
}

describe('an upload', () => {
  test('answers the id of the file in the bytes of the vendor', async () => {
    const { status, text, body } = await post(fileParts('image', files.png));
    expect(status).toBe(200);
    const { media_id, created_at } = body;
    expect(text).toBe(`{"errcode":0,"errmsg":"ok","media_id":"${media_id}","created_at":${created_at},"type":"image"}`);
    expect(media_id).toMatch(/^@[\w-]{32}$/);
  });

  test.each<[string, string, Buffer]>([
    ['image', 'png', files.png],
    ['image', 'jpg', files.jpg],
    ['image', 'gif', files.gif],
    ['image', 'bmp', files.bmp],
    ['voice', 'amr', files.amr],
    ['voice', 'mp3', files.mp3],
    ['voice', 'wav', files.wav()],
    ['voice', 'ogg', files.ogg],
    ['video', 'mp4', files.mp4],
    ['file', 'doc', files.cfb],
    ['file', 'docx', files.docx],
    ['file', 'xlsx', files.xlsx],
    ['file', 'pptx', files.pptx],
    ['file', 'zip', files.zip()],
    ['file', 'pdf', files.pdf],
    ['file', 'rar', files.rar],
  ])('of the type %s accepts %s', async (type, format, bytes) => {
    const { text, body } = await post(fileParts(type, bytes, `a.${format}`));
    expect([text, body.errcode, body.type]).toEqual([text, 0, type]);
  });

  test.each<[string, readonly Part[], Readonly<Record<string, string>>]>([
    ['in a field before the file', fileParts('image', files.png), {}],
    ['in a field after the file', fileParts('image', files.png).toReversed(), {}],
    ['in the query', fileParts(undefined, files.png), { type: 'image' }],
    ['in both, where the field counts', fileParts('image', files.png), { type: 'voice' }],
  ])('has its type %s', async (_, parts, query) => {
    const { text, body } = await post(parts, query);
    expect([text, body.errcode, body.type]).toEqual([text, 0, 'image']);
  });

  test('works without a permission, and for a third-party app', async () => {
    const form = formOf(fileParts('image', files.png));
    for (const access_token of [await tokenOf('app-bare'), await suiteToken('corp-two')]) {
      expect((await postForm(server, { access_token }, form)).body.errcode).toBe(0);
    }
  });

  test('accepts a file part without a name', async () => {
    expect((await post(fileParts('image', files.png, null))).body.errcode).toBe(0);
    expect((await stored()).files[0]).toMatchObject({ name: 'image' });
  });

  test('ignores other fields, other files, a preamble and an epilogue', async () => {
    const parts = [
      { name: 'x', value: 'y' },
      { name: 'other', value: files.html, fileName: 'x.html' },
      ...fileParts('image', files.png),
    ];
    const form = Buffer.concat([Buffer.from('preamble\r\n'), formOf(parts), Buffer.from('epilogue')]);
    expect((await postForm(server, { access_token: await tokenOf() }, form)).body.errcode).toBe(0);
  });

  test('accepts the form of the older SDKs: no blanks, and parts that begin with a line break', async () => {
    const boundary = '1779123456789123';
    const part = (head: string, value: Buffer) =>
      Buffer.concat([Buffer.from(`\r\n--${boundary}\r\n${head}\r\n\r\n`), value]);
    const form = Buffer.concat([
      part('Content-Disposition:form-data;name="type"\r\nContent-Type:text/plain', Buffer.from('image')),
      part('Content-Disposition:form-data;name="media";filename="a.png"\r\nContent-Type:image/png', files.png),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const headers = { 'content-type': `multipart/form-data;charset=UTF-8;boundary=${boundary}` };
    const reply = await postForm(server, { access_token: await tokenOf() }, form, headers);
    expect([reply.text, reply.body.errcode]).toEqual([reply.text, 0]);
  });

  test('keeps every byte, whatever the chunks and the boundaries in it are', async () => {
    const { hashOf, random } = await import('../support/bytes.ts');
    for (const size of [65_535, 65_536, 256 * 1024, 256 * 1024 + 1, 3 * mebibyte + 17]) {
      const bytes = Buffer.concat([files.png, random(size), Buffer.from('\r\n--b0und4ry-of-a-for\r\n--'), random(99)]);
      const mediaId = await uploaded(server, await tokenOf(), 'image', bytes);
      const { downloadCode } = await emulate('POST', 'downloadCodes', { robotCode: 'robot-one', mediaId });
      const { body } = await server.call('POST', '/v1.0/robot/messageFiles/download', {
        body: { downloadCode, robotCode: 'robot-one' },
        headers: { 'x-acs-dingtalk-access-token': await tokenOf() },
      });
      const got = Buffer.from(await (await fetch(String(body.downloadUrl))).arrayBuffer());
      expect([got.length, hashOf(got)]).toEqual([bytes.length, hashOf(bytes)]);
    }
  });

  test('is recorded by the emulator with its name, size and type', async () => {
    await post(fileParts('image', files.png, '图.png'));
    const { requests } = (await emulate('GET', 'requests?limit=1000')) as { requests: Fields[] };
    const body = { type: 'image', media: { name: '图.png', size: files.png.length } };
    expect(requests.findLast(({ path }) => path === '/media/upload')).toMatchObject({ body, status: 200 });
  });
});

describe('the name of a file', () => {
  test.each([
    ['../../etc/passwd.png', 'passwd.png'],
    ['C:\\Users\\x\\图 片.png', '图 片.png'],
    ['a\u0001b\u202ec\u2066.png', 'abc.png'],
    ['..', 'image'],
    ['/', 'image'],
    ['.htaccess', 'htaccess'],
    [`${'长'.repeat(300)}.png`, `${'长'.repeat(196)}.png`],
    ['<script>.png', '_script_.png'],
  ])('%j is stored as %j', async (given, name) => {
    expect((await post(fileParts('image', files.png, given))).body.errcode).toBe(0);
    expect((await stored()).files[0]).toMatchObject({ name });
  });
});

describe('a refused upload', () => {
  test.each<[string, readonly Part[], Readonly<Record<string, string>>, number, string]>([
    ['an unknown type', fileParts('picture', files.png), {}, 40004, '不合法的媒体文件类型'],
    ['an empty type', fileParts('', files.png), {}, 40004, '不合法的媒体文件类型'],
    ['an unknown type in the query', fileParts(undefined, files.png), { type: 'IMAGE' }, 40004, '不合法的媒体文件类型'],
    ['a script called a picture', fileParts('image', files.html, 'a.png'), {}, 40005, '不合法的文件类型'],
    ['a picture that can have scripts', fileParts('image', files.svg, 'a.svg'), {}, 40005, '不合法的文件类型'],
    ['a document called a picture', fileParts('image', files.pdf, 'a.png'), {}, 40005, '不合法的文件类型'],
    ['a picture as a voice', fileParts('voice', files.png), {}, 40005, '不合法的文件类型'],
    ['a picture as a voice, its type last', fileParts('voice', files.png).toReversed(), {}, 40005, '不合法的文件类型'],
    ['a text', fileParts('file', 'hello', 'a.pdf'), {}, 40005, '不合法的文件类型'],
    ['no bytes', fileParts('image', ''), {}, 40006, '不合法的文件大小'],
    ['no file', [{ name: 'type', value: 'image' }], {}, 40035, '缺少参数 media'],
    [
      'a file of another name',
      [{ name: 'file', value: files.png, fileName: 'a.png' }],
      { type: 'image' },
      40035,
      '缺少参数 media',
    ],
    ['no type', fileParts(undefined, files.png), {}, 40035, '缺少参数 type'],
    ['two files', [...fileParts('image', files.png), ...fileParts(undefined, files.png)], {}, 40035, '不合法的参数'],
    ['too long a field', fileParts('image'.repeat(1000), files.png), {}, 40035, '不合法的参数'],
  ])('of %s says so, and keeps nothing', async (_, parts, query, errcode, errmsg) => {
    const before = await stored();
    expect(outcome(await post(parts, query))).toEqual([200, errcode, errmsg]);
    expect(await stored()).toEqual(before);
  });

  test.each<[string, Buffer]>([
    ['ends in the middle of the file', formOf(fileParts('image', files.png), '').subarray(0, -20)],
    ['ends after the file', formOf(fileParts('image', files.png), '')],
    ['has no part', formOf([])],
    ['is empty', Buffer.alloc(0)],
    ['is of another boundary', Buffer.from('--other\r\n\r\nx\r\n--other--\r\n')],
    ['is JSON', Buffer.from('{"type":"image"}')],
  ])('with a body that %s is 40035', async (_, form) => {
    const before = await stored();
    const reply = await postForm(server, { access_token: await tokenOf() }, form);
    expect([reply.status, reply.body.errcode]).toEqual([200, 40035]);
    expect(await stored()).toEqual(before);
  });

  test.each([
    ['application/json'],
    ['application/x-www-form-urlencoded'],
    ['text/plain'],
    ['multipart/mixed; boundary=x'],
  ])('of the content type %s is 43008', async (type) => {
    const reply = await postForm(server, { access_token: await tokenOf() }, Buffer.from('{}'), {
      'content-type': type,
    });
    expect(outcome(reply)).toEqual([200, 43008, '参数需要multipart类型']);
  });

  test('whose content type names no boundary is 40035', async () => {
    const form = formOf(fileParts('image', files.png));
    const headers = { 'content-type': 'multipart/form-data' };
    expect((await postForm(server, { access_token: await tokenOf() }, form, headers)).body.errcode).toBe(40035);
  });

  test('without a valid token, or with another method, says so first', async () => {
    const form = formOf(fileParts('image', files.png));
    const blank = await postForm(server, {}, form);
    expect([blank.body.errcode, blank.body.sub_code]).toEqual([88, '40000']);
    const wrong = await postForm(server, { access_token: 'x' }, form);
    expect([wrong.body.errcode, wrong.body.sub_code]).toEqual([88, '40014']);
    const get = await server.call('GET', '/media/upload', { query: { access_token: await tokenOf() } });
    expect(get.body.errcode).toBe(43002);
  });

  test.each<[string, string, Buffer, number]>([
    ['voice', 'its type first', files.amr, 2 * mebibyte],
    ['image', 'its type first', files.png, 20 * mebibyte],
    ['file', 'its type last', files.pdf, 20 * mebibyte],
    ['voice', 'its type last', files.amr, 2 * mebibyte],
  ])('of a %s one byte too large (%s) is 40006, and one byte less is accepted', async (type, order, head, limit) => {
    const sized = (bytes: number) => {
      const parts = fileParts(type, Buffer.concat([head, Buffer.alloc(bytes - head.length)]));
      return order.endsWith('last') ? parts.toReversed() : parts;
    };
    const before = await stored();
    expect(outcome(await post(sized(limit + 1)))).toEqual([200, 40006, '不合法的文件大小']);
    expect(await stored()).toEqual(before);
    expect((await post(sized(limit))).body.errcode).toBe(0);
  });

  test('is answered while the file still arrives, and the connection closes', async () => {
    const before = await stored();
    const head = [
      `POST /media/upload?access_token=${await tokenOf()}&type=voice HTTP/1.1`,
      'host: huizhi',
      `content-type: ${formType}`,
      'transfer-encoding: chunked',
      '\r\n',
    ].join('\r\n');
    const start = formOf(fileParts(undefined, files.amr), '').subarray(0, -2);
    const chunk = (data: Buffer) =>
      Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);
    const bytes = Buffer.concat([Buffer.from(head), chunk(start), ...Array(40).fill(chunk(Buffer.alloc(64 * 1024)))]);
    const { replies } = await exchange(server.port, bytes, { count: 1 });
    expect(replies.map(({ body }) => body.errcode)).toEqual([40006]);
    expect(replies[0]?.head).toMatch(/connection: close/i);
    expect(await stored()).toEqual(before);
  });

  test('is read by a client that sends the whole file first', async () => {
    const parts = fileParts('voice', Buffer.concat([files.amr, Buffer.alloc(19 * mebibyte)]));
    expect((await post(parts)).body.errcode).toBe(40006);
    const form = formOf(fileParts('image', files.pictureOf(15 * mebibyte)));
    expect((await postForm(server, { access_token: 'x' }, form)).body.errcode).toBe(88);
  });

  test('of a wrong format is answered after its first bytes', async () => {
    const body = formOf(fileParts(undefined, Buffer.concat([files.html, Buffer.alloc(300 * 1024, 32)])), '').subarray(
      0,
      -2,
    );
    const head = `POST /media/upload?access_token=${await tokenOf()}&type=image HTTP/1.1\r\nhost: x\r\ncontent-type: ${formType}\r\ncontent-length: 9000000\r\n\r\n`;
    const { replies } = await exchange(server.port, Buffer.concat([Buffer.from(head), body]), { count: 1 });
    expect(replies.map(({ body: { errcode } }) => errcode)).toEqual([40005]);
  });
});

describe('many uploads', () => {
  test('of 100 files of 1 MB at once all succeed, with ids of their own', async () => {
    const own = await testServer();
    const token = await world(own).tokenOf();
    const bytes = files.pictureOf(mebibyte);
    const ids = await Promise.all(Array.from({ length: 100 }, () => uploaded(own, token, 'image', bytes)));
    expect(new Set(ids).size).toBe(100);
    expect((await stored(own)).bytes).toBe(100 * mebibyte);
  });

  test('of one app that take long leave turns to another', async () => {
    const own = await testServer({}, { uploads: { concurrent: 4 } });
    const [slow, other] = [await world(own).tokenOf(), await world(own).tokenOf('app-two')];
    const sockets = await Promise.all(Array.from({ length: 12 }, () => beginUpload(own.port, slow, mebibyte)));
    // Three of them are read, up to the last block of two parts.
    const bytes = 3 * 2 * 256 * 1024;
    await expect.poll(async () => (await stored(own)).bytes, { timeout: 20_000 }).toBe(bytes);
    expect(await uploaded(own, other, 'image', files.pictureOf(mebibyte))).toMatch(/^@/);
    expect((await stored(own)).bytes).toBe(bytes);
    for (const socket of sockets) socket.destroy();
  });

  test('end with errcode -1 when the organization has no space left, and go on when there is space again', async () => {
    const own = await testServer({ mediaQuota: 3 });
    const token = await world(own).tokenOf();
    const upload = async () =>
      postForm(
        own,
        { access_token: token, type: 'image' },
        formOf(fileParts(undefined, files.pictureOf(2 * mebibyte))),
      );
    const [first, second] = [await upload(), await upload()];
    expect([first.body.errcode, second.body.errcode, second.body.errmsg]).toEqual([0, -1, '系统繁忙']);
    expect((await stored(own)).bytes).toBe(2 * mebibyte);
    const other = await world(own).tokenOf('app-two');
    expect(await uploaded(own, other, 'image', files.pictureOf(2 * mebibyte))).toMatch(/^@/);
    const headers = { authorization: `Bearer ${own.adminToken}` };
    const query = { corpId: 'corp-one' };
    await own.call('DELETE', `/console/v1/media/${first.body.media_id}`, { query, headers });
    expect((await upload()).body.errcode).toBe(0);
  });
});

/** Begins an upload on a socket of its own, with more than one part of the file. */
async function beginUpload(port: number, token: string, bytes: number) {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  const body = formOf(fileParts(undefined, files.pictureOf(bytes)), '').subarray(0, -2);
  const head = `POST /media/upload?access_token=${token}&type=image HTTP/1.1\r\nhost: x\r\ncontent-type: ${formType}\r\ncontent-length: 9000000\r\n\r\n`;
  socket.write(Buffer.concat([Buffer.from(head), body]));
  return socket;
}

describe('an upload that ends half-way', () => {
  test('leaves nothing when the caller disconnects', async () => {
    const own = await testServer();
    const token = await world(own).tokenOf();
    const sockets = await Promise.all(Array.from({ length: 30 }, () => beginUpload(own.port, token, mebibyte)));
    await expect.poll(async () => (await stored(own)).bytes, { timeout: 20_000 }).toBeGreaterThan(0);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await stored(own)).bytes, { timeout: 20_000 }).toBe(0);
    expect(await uploaded(own, token, 'image', files.png)).toMatch(/^@/);
  });

  test('is refused when no more bytes arrive, and leaves nothing', async () => {
    const own = await testServer({}, { uploads: { stall: 300 } });
    const token = await world(own).tokenOf();
    const socket = await beginUpload(own.port, token, mebibyte);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    await expect.poll(() => text, { timeout: 20_000 }).toContain('"errcode":40035');
    expect((await stored(own)).bytes).toBe(0);
    socket.destroy();
  });

  test('that is slow gives its turn to others', async () => {
    const own = await testServer({}, { uploads: { stall: 400, concurrent: 2 } });
    const token = await world(own).tokenOf();
    const slow = [await beginUpload(own.port, token, 2000), await beginUpload(own.port, token, 2000)];
    const drip = setInterval(() => {
      for (const socket of slow) socket.write('x');
    }, 50);
    try {
      expect(await uploaded(own, token, 'image', files.pictureOf(mebibyte))).toMatch(/^@/);
    } finally {
      clearInterval(drip);
      for (const socket of slow) socket.destroy();
    }
  });

  test('by a reset of the emulator is refused', async () => {
    const own = await insideServer();
    const token = await world(own).tokenOf();
    const socket = await beginUpload(own.port, token, mebibyte);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    await expect.poll(async () => own.context.store.media.allBytes(), { timeout: 20_000 }).toBeGreaterThan(0);
    await world(own).emulate('POST', 'reset');
    socket.write(Buffer.alloc(2 * mebibyte));
    await expect.poll(() => text, { timeout: 20_000 }).toContain('"errcode":-1');
    expect(await own.context.store.media.allBytes()).toBe(0);
    socket.destroy();
  });
});
