import { cleanText } from '../schema.ts';

/** The id of a conversation in an inbox: `robot:`, `group:`, `private:` or `notice:`, then the robotCode, openConversationId or agentId. */
export function conversationId() {
  return cleanText(160).regex(
    /^(robot|group|private|notice):/,
    'does not begin with robot:, group:, private: or notice:',
  );
}
