import { describe, expect, test } from 'vitest';
import { cardWorld, models, newCard } from '../support/cards.ts';
import * as files from '../support/files.ts';
import { fileServer, type Server, testServer } from '../support/harness.ts';
import { uploaded } from '../support/media.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

const server = await fileServer();
const { call, inboxOf, recall, sent, signIn, tokenOf } = world(server);

const param = (value: object) => JSON.stringify(value);

/** The id of the newest message in an inbox. */
async function newest(session: string): Promise<string> {
  return (await inboxOf(session)).messages[0]?.messageId ?? '';
}

async function show(
  session: string,
  messageId: string,
  mediaId: string,
  headers: Readonly<Record<string, string>> = {},
  from: Server = server,
) {
  const url = `${from.url}/inbox/v1/messages/${messageId}/media/${encodeURIComponent(mediaId)}`;
  return fetch(url, { headers: { ...bearer(session), ...headers } });
}

/** Uploads a file and sends it to alice in a message. */
async function shown(type: string, bytes: Uint8Array, name: string, message: (mediaId: string) => object) {
  const mediaId = await uploaded(server, await tokenOf(), type, bytes, name);
  const key = await sent(message(mediaId));
  const session = await signIn('alice');
  return { mediaId, key, session, messageId: await newest(session) };
}

const picture = (mediaId: string) => ({ msgKey: 'sampleImageMsg', msgParam: param({ photoURL: mediaId }) });

describe('a file in a message', () => {
  test.each<[string, string, Buffer, string, (mediaId: string) => object]>([
    ['a picture', 'image', files.png, 'image/png', picture],
    [
      'a voice',
      'voice',
      files.mp3,
      'audio/mpeg',
      (mediaId) => ({ msgKey: 'sampleAudio', msgParam: param({ mediaId, duration: 1000 }) }),
    ],
    [
      'a voice',
      'voice',
      files.wav(),
      'audio/wav',
      (mediaId) => ({ msgKey: 'sampleAudio', msgParam: param({ mediaId, duration: 1000 }) }),
    ],
    [
      'a video',
      'video',
      files.mp4,
      'video/mp4',
      (videoMediaId) => ({ msgKey: 'sampleVideo', msgParam: param({ videoMediaId }) }),
    ],
    [
      'the picture of a video',
      'image',
      files.gif,
      'image/gif',
      (picMediaId) => ({ msgKey: 'sampleVideo', msgParam: param({ videoMediaId: '@x', picMediaId }) }),
    ],
    [
      'the picture of a link',
      'image',
      files.jpg,
      'image/jpeg',
      (picUrl) => ({
        msgKey: 'sampleLink',
        msgParam: param({ title: 't', text: 'x', picUrl, messageUrl: 'https://example.com' }),
      }),
    ],
  ])('%s is shown in place (%s)', async (_, type, bytes, mime, message) => {
    const { session, messageId, mediaId } = await shown(type, bytes, 'a.bin', message);
    const response = await show(session, messageId, mediaId);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, mime]);
    expect(response.headers.get('content-disposition')).toMatch(/^inline; /);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
  });

  test.each<[string, string, Buffer]>([
    ['a document', 'file', files.docx],
    ['a PDF', 'file', files.pdf],
    ['an archive', 'file', files.zip()],
    ['a voice that no browser plays', 'voice', files.amr],
  ])('%s is a download, never of its own type', async (_, type, bytes) => {
    const message = (mediaId: string) =>
      type === 'voice'
        ? { msgKey: 'sampleAudio', msgParam: param({ mediaId, duration: 1 }) }
        : { msgKey: 'sampleFile', msgParam: param({ mediaId, fileName: 'x.html', fileType: 'html' }) };
    const { session, messageId, mediaId } = await shown(type, bytes, '报 告.html', message);
    const response = await show(session, messageId, mediaId);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="___.html"; filename*=UTF-8''${encodeURIComponent('报 告.html')}`,
    });
  });

  test('is sandboxed, and may be cached by its reader only', async () => {
    const { session, messageId, mediaId } = await shown('image', files.png, 'a.png', picture);
    const response = await show(session, messageId, mediaId);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-cache',
    });
    const again = await show(session, messageId, mediaId, { 'if-none-match': response.headers.get('etag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  test('can be requested in ranges, as players do', async () => {
    const { session, messageId, mediaId } = await shown('voice', files.wav(60), 'a.wav', (id) => ({
      msgKey: 'sampleAudio',
      msgParam: param({ mediaId: id, duration: 60_000 }),
    }));
    const response = await show(session, messageId, mediaId, { range: 'bytes=300000-300009' });
    expect([response.status, response.headers.get('content-range')]).toEqual([
      206,
      `bytes 300000-300009/${files.wav(60).length}`,
    ]);
    expect((await response.arrayBuffer()).byteLength).toBe(10);
    const stale = await show(session, messageId, mediaId, { range: 'bytes=0-1', 'if-range': '"other"' });
    expect(stale.status).toBe(200);
    await stale.arrayBuffer();
  });

  test('is shown to recipients of the message only, and only as long as it is not recalled', async () => {
    const { session, messageId, mediaId, key } = await shown('image', files.png, 'a.png', picture);
    const url = `/inbox/v1/messages/${messageId}/media/${mediaId}`;
    expect(refusal(await call('GET', url))).toEqual([401, 'huizhi.unauthorized']);
    for (const stranger of [await signIn('bob'), await signIn('alice', 'corp-two')]) {
      expect(refusal(await call('GET', url, { headers: bearer(stranger) }))).toEqual([404, 'huizhi.notFound']);
    }
    expect((await show(session, messageId, mediaId)).status).toBe(200);
    ok(await recall({ processQueryKeys: [key] }));
    expect((await show(session, messageId, mediaId)).status).toBe(404);
  });

  test('is not shown before the message is delivered', async () => {
    const own = await testServer();
    const acts = world(own);
    const mediaId = await uploaded(own, await acts.tokenOf(), 'image', files.png);
    await acts.sent(picture(mediaId));
    const session = await acts.signIn('alice');
    const first = (await acts.inboxOf(session)).messages[0]?.messageId ?? '';
    expect((await show(session, first, mediaId, {}, own)).status).toBe(200);
    await acts.emulate('PUT', 'delivery', { mode: 'hold' });
    await acts.sent(picture(mediaId));
    // The ids of messages are sealed, so nobody can derive the second from the first.
    const { messages } = ok(
      await own.call('GET', '/console/v1/messages', { query: { corpId: 'corp-one' }, headers: bearer(own.adminToken) }),
    ) as { messages: { messageId: string }[] };
    expect((await show(session, messages[0]?.messageId ?? '', mediaId, {}, own)).status).toBe(404);
  });

  test('that the message does not name is not shown, nor one that does not exist', async () => {
    const { session, messageId } = await shown('image', files.png, 'a.png', picture);
    const other = await uploaded(server, await tokenOf(), 'image', files.gif);
    for (const mediaId of [other, '@unknown', '@', '../robots', '..%2f..%2fconsole']) {
      expect([mediaId, (await show(session, messageId, mediaId)).status]).toEqual([mediaId, 404]);
    }
    for (const wrong of ['x', messageId.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))]) {
      expect((await show(session, wrong, other)).status).toBe(404);
    }
  });

  test('of another organization is unknown, although a message names it', async () => {
    const mediaId = await uploaded(server, await tokenOf('app-two'), 'image', files.png);
    await sent(picture(mediaId));
    const session = await signIn('alice');
    expect((await show(session, await newest(session), mediaId)).status).toBe(404);
  });

  test('that is unknown does not prevent the send', async () => {
    const session = await signIn('alice');
    await sent(picture('@lALPBG1Q-unknown'));
    const [message] = (await inboxOf(session)).messages;
    expect(message).toMatchObject({ msgKey: 'sampleImageMsg', msgParam: param({ photoURL: '@lALPBG1Q-unknown' }) });
  });
});

describe('the console', () => {
  const admin = bearer(server.adminToken);
  const corp = { corpId: 'corp-two' };

  test('lists, shows and deletes files, with entries in the audit log', async () => {
    const token = await tokenOf('app-two');
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.unshift(await uploaded(server, token, 'image', files.png, `${i}.png`));
    const page = ok(await call('GET', '/console/v1/media', { query: { ...corp, limit: '2' }, headers: admin })) as {
      media: { mediaId: string }[];
      cursor: string;
    };
    expect(page.media.map(({ mediaId }) => mediaId)).toEqual(ids.slice(0, 2));
    expect(page.media[0]).toMatchObject({ type: 'image', name: '2.png', mime: 'image/png', size: files.png.length });
    const next = ok(
      await call('GET', '/console/v1/media', { query: { ...corp, cursor: page.cursor }, headers: admin }),
    ) as typeof page;
    expect(next.media[0]?.mediaId).toBe(ids[2]);
    const content = await fetch(`${server.url}/console/v1/media/${ids[0]}/content?corpId=corp-two`, { headers: admin });
    expect([content.status, content.headers.get('content-security-policy')]).toEqual([
      200,
      "sandbox; default-src 'none'",
    ]);
    expect(Buffer.from(await content.arrayBuffer())).toEqual(files.png);
    ok(await call('DELETE', `/console/v1/media/${ids[0]}`, { query: corp, headers: admin }));
    expect(refusal(await call('DELETE', `/console/v1/media/${ids[0]}`, { query: corp, headers: admin }))).toEqual([
      404,
      'huizhi.notFound',
    ]);
    const { entries } = ok(await call('GET', '/console/v1/audit', { headers: admin })) as { entries: object[] };
    expect(entries[0]).toMatchObject({
      action: 'media.remove',
      target: ids[0],
      corpId: 'corp-two',
      before: { type: 'image', name: '2.png', size: files.png.length },
      after: null,
    });
  });

  test('uploads a file, and refuses a wrong one in its own words', async () => {
    const form = (name: string, bytes: Uint8Array) => {
      const data = new FormData();
      data.set('media', new Blob([new Uint8Array(bytes)]), name);
      return data;
    };
    const post = async (data: FormData, query: string, headers: Readonly<Record<string, string>> = admin) => {
      const response = await fetch(`${server.url}/console/v1/media?${query}`, { method: 'POST', body: data, headers });
      return { status: response.status, body: (await response.json()) as { code?: string; mediaId?: string } };
    };
    const { status, body } = await post(form('图.png', files.png), 'corpId=corp-one&type=image');
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ name: '图.png', mediaId: expect.stringMatching(/^@/) }),
    ]);
    expect(refusalOf(await post(form('a.png', files.html), 'corpId=corp-one&type=image'))).toEqual([
      400,
      'huizhi.badRequest',
    ]);
    expect(refusalOf(await post(form('a.png', files.png), 'corpId=nobody&type=image'))).toEqual([
      404,
      'huizhi.notFound',
    ]);
    expect(refusalOf(await post(form('a.png', files.png), 'corpId=corp-one&type=picture'))).toEqual([
      400,
      'huizhi.badRequest',
    ]);
    expect(
      refusalOf(
        await post(form('a.amr', Buffer.concat([files.amr, Buffer.alloc(3_000_000)])), 'corpId=corp-one&type=voice'),
      ),
    ).toEqual([413, 'huizhi.tooLarge']);
    expect(refusalOf(await post(form('a.png', files.png), 'corpId=corp-one&type=image', {}))).toEqual([
      401,
      'huizhi.unauthorized',
    ]);
  });

  test('reports the space that is used', async () => {
    const own = await testServer({ mediaQuota: 5 });
    await uploaded(own, await world(own).tokenOf(), 'image', files.png);
    const usage = ok(
      await own.call('GET', '/console/v1/media/usage', { query: { corpId: 'corp-one' }, headers: admin }),
    );
    expect(usage).toEqual({ bytes: files.png.length, files: 1, quota: 5 * 1024 * 1024 });
  });
});

const refusalOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];

describe('a file', () => {
  test('is kept for the retention after its last send, and then removed', async () => {
    const own = await testServer();
    const acts = world(own);
    await acts.freeze();
    const mediaId = await uploaded(own, await acts.tokenOf(), 'image', files.pictureOf(700_000));
    const count = async () => {
      const usage = await own.call('GET', '/console/v1/media/usage', {
        query: { corpId: 'corp-one' },
        headers: bearer(own.adminToken),
      });
      return [usage.body.files, usage.body.bytes];
    };
    await acts.advance('60d');
    await acts.sent(picture(mediaId));
    await acts.advance('89d');
    expect(await count()).toEqual([1, 700_000]);
    await acts.advance('2d');
    expect(await count()).toEqual([0, 0]);
  });

  test('is kept as long as a card that shows it: to all, to one person, and after a click', async () => {
    const own = await testServer();
    const acts = cardWorld(world(own));
    await acts.freeze();
    const token = await acts.tokenOf();
    const upload = () => uploaded(own, token, 'image', files.png);
    const [early, toOne, late] = [await upload(), await upload(), await upload()];
    const variables = (image: string) => ({ cardParamMap: { image } });
    const body = newCard({ cardData: variables(early) });
    ok(await acts.post('', body));
    const { outTrackId } = body;
    await acts.advance('60d');
    const openSpaceId = 'dtv1.card//IM_ROBOT.alice';
    ok(await acts.post('/deliver', { outTrackId, openSpaceId, ...models }));
    ok(await acts.update({ outTrackId, privateData: { alice: variables(toOne) } }));
    const { cardId } = await acts.delivered();
    const program = await acts.listen(() => ({ cardData: variables(late) }));
    await acts.clicked('alice', cardId);
    program.close();
    await acts.advance('89d');
    const usage = await own.call('GET', '/console/v1/media/usage', {
      query: { corpId: 'corp-one' },
      headers: bearer(own.adminToken),
    });
    expect(usage.body.files).toBe(3);
  });

  test('is in a snapshot, and gone after a reset', async () => {
    const own = await testServer();
    const acts = world(own);
    const bytes = files.pictureOf(600_000);
    const mediaId = await uploaded(own, await acts.tokenOf(), 'image', bytes);
    await acts.sent(picture(mediaId));
    const snapshot = await acts.emulate('GET', 'snapshot');
    await acts.emulate('POST', 'reset');
    expect((await acts.emulate('GET', 'snapshot')).store).toMatchObject({ tables: { media: [], media_parts: [] } });
    await acts.emulate('PUT', 'snapshot', snapshot);
    const session = await acts.signIn('alice');
    const message = (await acts.inboxOf(session)).messages[0]?.messageId ?? '';
    const response = await show(session, message, mediaId, {}, own);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    const again = await uploaded(own, await acts.tokenOf(), 'image', files.png);
    expect(again).not.toBe(mediaId);
  });

  test('that would not fit into a snapshot refuses the snapshot', async () => {
    const own = await testServer({ mediaQuota: 400 });
    const acts = world(own);
    const bytes = files.pictureOf(20 * 1024 * 1024);
    for (let i = 0; i < 10; i++) await uploaded(own, await acts.tokenOf(), 'image', bytes);
    expect(refusal(await own.call('GET', '/emulator/v1/snapshot'))).toEqual([413, 'huizhi.tooLarge']);
  });

  test.each<[string, (tables: Record<string, unknown[][]>) => void]>([
    ['a part is missing', (tables) => void tables.media_parts?.pop()],
    ['a part is not base64', (tables) => void tables.media_parts?.[0]?.splice(3, 1, '%%%%')],
    ['a size is wrong', (tables) => void tables.media?.[0]?.splice(6, 1, 5)],
    ['the use of space is wrong', (tables) => void tables.media_usage?.[0]?.splice(1, 1, 5)],
    ['a type is unknown', (tables) => void tables.media?.[0]?.splice(3, 1, 'picture')],
    ['a content type is no content type', (tables) => void tables.media?.[0]?.splice(5, 1, 'text/html; charset=x')],
  ])('of a snapshot in which %s is refused', async (_, change) => {
    const own = await testServer();
    const acts = world(own);
    await uploaded(own, await acts.tokenOf(), 'image', files.pictureOf(600_000));
    const snapshot = (await acts.emulate('GET', 'snapshot')) as { store: { tables: Record<string, unknown[][]> } };
    change(snapshot.store.tables);
    const reply = await own.call('PUT', '/emulator/v1/snapshot', { body: snapshot });
    expect(refusal(reply)).toEqual([400, 'huizhi.badRequest']);
  });
});
