import { expect, test } from 'vitest';
import { toConversationId, toFragment } from './fragment.ts';

test.each([
  ['robot:ding1', 'ding1'],
  ['robot:group:odd', 'robot:group:odd'],
  ['robot:robots', 'robots'],
  ['robot:', ''],
  ['group:cida+/=', 'group:cida+/='],
  ['private:cidb', 'private:cidb'],
])('the conversation %s has the fragment %j, which leads back to it', (conversationId, fragment) => {
  expect(toFragment(conversationId)).toBe(fragment);
  expect(toConversationId(fragment)).toBe(conversationId);
});
