/** The messages of one conversation by time. Messages to users have no entry, so their sends cost nothing more. */
export const conversationMessages = `
create index messages_conversation on messages (corp_id, conversation_id, sent_at, id) where conversation_id is not null;
`;
