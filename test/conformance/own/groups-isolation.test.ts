import { expect, test } from 'vitest';
import { groupPath, groupWorld } from '../support/groups.ts';
import { fileServer } from '../support/harness.ts';
import { ok, refusal } from '../support/world.ts';

const w = groupWorld(await fileServer());

/** The text in a group of organization two; it must never be visible in organization one. */
const secret = 'words in a group of organization two';

/** A group of organization two, a message that both have read, and the token of its app. */
async function ofTwo() {
  const spec = { corpId: 'corp-two', title: secret, userIds: ['alice', 'mallory'], robotCodes: ['robot-two'] };
  const { openConversationId } = await w.group(spec);
  const token = await w.tokenOf('app-two');
  const msgParam = JSON.stringify({ content: secret });
  const body = { robotCode: 'robot-two', openConversationId, msgKey: 'sampleText', msgParam };
  const key = String(ok(await w.ask(`${groupPath}/send`, body, token)).processQueryKey);
  await w.readBy(key, 'mallory', 'alice');
  const page = { robotCode: 'robot-two', openConversationId, processQueryKey: key, maxResults: 1 };
  const { nextToken } = ok(await w.query(page, undefined, token));
  return { openConversationId, key, token, nextToken: String(nextToken) };
}

test('a group of another organization can be neither sent to, queried, nor recalled from', async () => {
  const { openConversationId, key } = await ofTwo();
  for (const robotCode of ['robot-one', 'robot-two']) {
    const body = { robotCode, openConversationId, processQueryKey: key, processQueryKeys: [key] };
    const sending = { ...body, msgKey: 'sampleText', msgParam: '{"content":"x"}' };
    for (const path of ['send', 'query', 'recall', 'batchRecall']) {
      const reply = await w.ask(`${groupPath}/${path}`, { ...sending, chatbotId: robotCode });
      expect([path, reply.status]).toEqual([path, 400]);
      expect(reply.text).not.toMatch(/mallory|words in a group/);
    }
  }
});

test('keys and nextTokens of another organization are refused in a group of this one', async () => {
  const { key, nextToken } = await ofTwo();
  const { openConversationId } = await w.group();
  const own = await w.sentTo(openConversationId);
  const query = async (body: object) => refusal(await w.query({ openConversationId, ...body }));
  expect(await query({ processQueryKey: key })).toEqual([400, 'invalid.processQueryKey']);
  expect(await query({ processQueryKey: own, nextToken })).toEqual([400, 'invalidParameter.cursor.invalid']);
  expect(await w.recallFrom(openConversationId, [key])).toEqual({
    successResult: [],
    failedResult: { [key]: 'invalid.processQueryKey' },
  });
});

test('a user with the same userId in this organization sees nothing of it', async () => {
  await ofTwo();
  const { messages } = await w.inboxOf(await w.signIn('alice', 'corp-one'));
  expect(JSON.stringify(messages)).not.toContain(secret);
  expect(JSON.stringify(await w.inboxOf(await w.signIn('alice', 'corp-two')))).toContain(secret);
});
