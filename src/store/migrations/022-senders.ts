/**
 * The messages of one kind of sender by time, and the custom robots of one group. Messages of an app's robots have no
 * entry in the first index, so their sends cost nothing more.
 */
export const senders = `
create index messages_sender on messages (corp_id, sender, sent_at, id) where sender > 0;
create index custom_robots_conversation on custom_robots (corp_id, conversation_id, id) where deleted_at is null;
`;
