/** Finds the messages of a conversation that are being delivered, since its members get them in the order of the sends. */
export const undeliveredMessages = `
create index messages_undelivered on messages (corp_id, conversation_id, sent_at, id)
  where state < 2 and conversation_id is not null;
`;
