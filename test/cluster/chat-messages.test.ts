import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { chatWorld, wrongMessages } from '../conformance/support/chat-messages.ts';
import { groupSetup } from '../conformance/support/group-management.ts';
import { follow } from '../conformance/support/stream.ts';
import { startTwoOn } from './support/two.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

test("an app's message is pushed to an inbox at the other process, and its readers are listed by both", async () => {
  const [one, other] = await startTwoOn(postgres, chatWorld, { setup: groupSetup });
  const { chatid, openConversationId } = await one.chat();
  const session = await other.signIn('alice');
  const live = await follow(other.server, session);
  const messageId = await one.sent(chatid, 'from one');
  const arrived = await live.next();
  expect(arrived).toMatchObject({
    event: 'message',
    data: { sender: { kind: 'app' }, conversation: { openConversationId }, msgParam: '{"content":"from one"}' },
  });
  const [message] = (await other.inboxOf(session)).messages;
  expect(await other.markRead(session, message?.messageId ?? '')).toBe(1);
  for (const { readList } of [one, other]) {
    expect(await readList({ messageId, cursor: 0, size: 10 })).toMatchObject({ readUserIdList: ['alice'] });
  }
});

test('both processes refuse wrong messages with the same errors, and send none of them', async () => {
  const [one, other] = await startTwoOn(postgres, chatWorld, { setup: groupSetup });
  const { chatid } = await one.chat();
  for (const [what, body, errcode] of wrongMessages) {
    for (const { send } of [one, other])
      expect([what, (await send({ chatid, ...body })).errcode]).toEqual([what, errcode]);
  }
  expect((await other.inboxOf(await other.signIn('alice'))).messages).toEqual([]);
});
