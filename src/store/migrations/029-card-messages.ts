/** Finds the messages that show cards, whose kind is 80, by time. Other messages have no entry in it. */
export const cardMessages = `
create index messages_card on messages (corp_id, sent_at, id) where kind = 80;
`;
