import { expect, test } from 'vitest';
import { ApiError, createClient } from '../../src/client/index.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import * as files from '../conformance/support/files.ts';
import { fileServer } from '../conformance/support/harness.ts';
import { world } from '../conformance/support/world.ts';

const server = await fileServer();
const { inboxOf, signIn, emulate, freeze } = world(server);
const options = { endpoint: server.url, appKey: 'app-one', appSecret: 'secret-of-app-one', robotCode: 'robot-one' };
const png = new Uint8Array(files.png);

test('uploads a file that a message can name', async () => {
  const client = createClient(options);
  const { mediaId, createdAt } = await client.upload({ data: new Blob([png]), type: 'image', name: '图.png' });
  expect([mediaId, typeof createdAt]).toEqual([expect.stringMatching(/^@[\w-]{32}$/), 'number']);
  await client.send({ to: 'alice', msgKey: 'sampleImageMsg', msgParam: { photoURL: mediaId } });
  const [message] = (await inboxOf(await signIn('alice'))).messages;
  expect(message?.msgParam).toBe(JSON.stringify({ photoURL: mediaId }));
});

test('accepts bytes and a buffer, too', async () => {
  const client = createClient(options);
  for (const data of [png, png.buffer]) expect((await client.upload({ data, type: 'image' })).mediaId).toMatch(/^@/);
});

test('rejects with the errcode and the text of the server', async () => {
  const client = createClient(options);
  const failed = await client.upload({ data: new Blob(['x']), type: 'image' }).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(ApiError);
  expect(failed).toMatchObject({ code: '40005', message: expect.stringContaining('不合法的文件类型'), status: 200 });
});

test('renews a token that the server no longer accepts, once', async () => {
  const client = createClient({ ...options, now: () => 0 });
  await client.upload({ data: png, type: 'image' });
  const now = await freeze();
  await emulate('POST', 'clock', { set: now + 3 * 3_600_000 });
  expect((await client.upload({ data: png, type: 'image' })).mediaId).toMatch(/^@/);
  const wrong = createClient({ endpoint: server.url, token: 'wrong' });
  await expect(wrong.upload({ data: png, type: 'image' })).rejects.toMatchObject({ code: 'InvalidAuthentication' });
});

test("uses the vendor's old host for the vendor's host", async () => {
  const asked: string[] = [];
  const fetch = async (url: string) => {
    asked.push(url);
    return new Response('{"errcode":0,"errmsg":"ok","media_id":"@x","created_at":1,"type":"image"}');
  };
  const client = createClient({ endpoint: 'https://api.dingtalk.com', token: 't', fetch });
  expect(await client.upload({ data: png, type: 'image' })).toEqual({ mediaId: '@x', createdAt: 1 });
  expect(asked).toEqual(['https://oapi.dingtalk.com/media/upload?access_token=t']);
});

test('refuses wrong options before it sends anything', async () => {
  const client = createClient(options);
  await expect(client.upload({ data: png, type: '' as 'image' })).rejects.toThrow(TypeError);
  await expect(client.upload({ data: png, type: 'image', nmae: 'x' } as never)).rejects.toThrow(/nmae/);
});

test('the emulator uploads without a token, and issues downloadCodes', async () => {
  await using huizhi = await startEmulator({ seed: 'media' });
  const mediaId = await huizhi.upload(files.png, { type: 'image', name: 'a.png' });
  const client = createClient({ endpoint: huizhi.url, ...huizhi.credentials, fetch: huizhi.fetch });
  const { mediaId: second } = await client.upload({ data: png, type: 'image' });
  await using again = await startEmulator({ seed: 'media' });
  expect(await again.upload(files.png, { type: 'image', name: 'a.png' })).toBe(mediaId);
  expect(second).not.toBe(mediaId);
  expect(await huizhi.downloadCode(mediaId)).toMatch(/^[\w+/]{52}$/);
  await expect(huizhi.upload(files.html, { type: 'image' })).rejects.toMatchObject({ code: 'huizhi.badRequest' });
  await expect(huizhi.downloadCode('@none')).rejects.toMatchObject({ code: 'huizhi.notFound' });
});
