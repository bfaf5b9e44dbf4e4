/**
 * How each recipient has read a message: one character per recipient, in the order of the send; null while no read has
 * a manner. Earlier reads have none. A nullable column can be added without rewriting the table.
 */
export const manners = `
alter table messages add column manners text;
`;
