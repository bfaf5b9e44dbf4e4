import { expect, test } from 'vitest';
import * as files from '../support/files.ts';
import { type Fields, fileServer } from '../support/harness.ts';
import { uploaded } from '../support/media.ts';
import { noticeWorld } from '../support/notices.ts';
import { bearer } from '../support/world.ts';

const server = await fileServer();
const { arrived, ask, answer, inboxOf, signIn, tokenOf } = noticeWorld(server);

async function show(user: string, messageId: string, mediaId: string): Promise<number> {
  const url = `${server.url}/inbox/v1/messages/${messageId}/media/${encodeURIComponent(mediaId)}`;
  return (await fetch(url, { headers: bearer(await signIn(user)) })).status;
}

const oa = { message_url: 'https://example.com', head: { bgcolor: 'FFBBBBBB', text: '' } };

test.each<[string, (mediaId: string) => Fields]>([
  ['image', (media_id) => ({ media_id })],
  ['file', (media_id) => ({ media_id })],
  ['voice', (media_id) => ({ media_id, duration: '3' })],
  ['link', (picUrl) => ({ picUrl, messageUrl: 'https://example.com', title: 'T', text: 'X' })],
  ['oa', (image) => ({ ...oa, body: { title: 'T', image } })],
])('a file of a notice of type %s is shown to its receivers only, until the recall', async (msgtype, contentOf) => {
  const mediaId = await uploaded(server, await tokenOf(), 'image', files.png, `${msgtype}.png`);
  const task = await arrived({ userid_list: 'alice,bob', msg: { msgtype, [msgtype]: contentOf(mediaId) } });
  const messageId = (await inboxOf(await signIn('alice'))).messages[0]?.messageId ?? '';
  const other = await uploaded(server, await tokenOf(), 'image', files.png, 'other.png');
  expect(await show('alice', messageId, mediaId)).toBe(200);
  expect(await show('bob', messageId, mediaId)).toBe(200);
  expect(await show('carol', messageId, mediaId)).toBe(404);
  expect(await show('alice', messageId, other)).toBe(404);
  await answer(ask('recall', { msg_task_id: task }));
  expect(await show('alice', messageId, mediaId)).toBe(404);
});
