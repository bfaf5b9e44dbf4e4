/** Finds the rows about messages that retention has removed. A card that is updated for ever is never removed itself. */
export const cardDeliveries = `
create index card_deliveries_message on card_deliveries (corp_id, message_id);
`;
