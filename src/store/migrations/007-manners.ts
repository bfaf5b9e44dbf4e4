/**
 * How each recipient came to read a message: a character for each, in the order of the send; null while no read has a manner. Reads from before this
 * step have none. A nullable column needs no rewrite of the table.
 */
export const manners = `
alter table messages add column manners text;
`;
