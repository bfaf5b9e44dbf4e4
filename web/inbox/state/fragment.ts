const robotPrefix = 'robot:';
const prefixes = /^(robot|group|private|notice):/;

/** The URL fragment of a conversation: its id, or for a robot the robotCode alone, as in earlier versions. */
export function toFragment(conversationId: string): string {
  const code = conversationId.slice(robotPrefix.length);
  return conversationId.startsWith(robotPrefix) && !prefixes.test(code) ? code : conversationId;
}

/** The id of the conversation with a URL fragment. */
export function toConversationId(fragment: string): string {
  return prefixes.test(fragment) ? fragment : `${robotPrefix}${fragment}`;
}
