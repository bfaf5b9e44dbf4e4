import { expect, test } from 'vitest';
import * as files from '../support/files.ts';
import { groupPath, groupWorld } from '../support/groups.ts';
import { fileServer } from '../support/harness.ts';
import { uploaded } from '../support/media.ts';
import { bearer, ok } from '../support/world.ts';

const server = await fileServer();
const { emulate, group, inboxOf, recallFrom, sentTo, signIn, tokenOf, call } = groupWorld(server);

async function statusFor(userId: string, messageId: string, mediaId: string): Promise<number> {
  const url = `${server.url}/inbox/v1/messages/${messageId}/media/${encodeURIComponent(mediaId)}`;
  return (await fetch(url, { headers: bearer(await signIn(userId)) })).status;
}

async function changeMembers(openConversationId: string, change: object): Promise<void> {
  const path = `/console/v1/groups/${encodeURIComponent(openConversationId)}/members`;
  const headers = bearer(server.adminToken);
  ok(await call('POST', path, { body: change, query: { corpId: 'corp-one' }, headers }));
}

test('a file in a group message is shown to the members at the send, until the message is recalled', async () => {
  const { openConversationId } = await group();
  const mediaId = await uploaded(server, await tokenOf(), 'image', files.png, 'a.png');
  const key = await sentTo(openConversationId, {
    msgKey: 'sampleImageMsg',
    msgParam: JSON.stringify({ photoURL: mediaId }),
  });
  const messageId = (await inboxOf(await signIn('bob'))).messages[0]?.messageId ?? '';
  await changeMembers(openConversationId, { add: ['u01'], remove: ['carol'] });
  const people = ['alice', 'bob', 'carol', 'u01'];
  expect(await Promise.all(people.map((userId) => statusFor(userId, messageId, mediaId)))).toEqual([
    200, 200, 200, 404,
  ]);
  expect(await recallFrom(openConversationId, [key], `${groupPath}/recall`)).toMatchObject({ successResult: [key] });
  await emulate('POST', 'clock', { advance: '1m' });
  expect(await statusFor('bob', messageId, mediaId)).toBe(404);
});
