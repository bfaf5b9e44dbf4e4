import { cleanText } from '../schema.ts';

/** The id of a conversation in an inbox: `robot:`, `group:` or `private:`, then the robotCode or openConversationId. */
export function conversationId() {
  return cleanText(160).regex(/^(robot|group|private):/, 'does not begin with robot:, group: or private:');
}
