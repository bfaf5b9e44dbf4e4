/**
 * Stores how each recipient came to read a message (`s` seen, `m` mark, space unknown): one character per recipient, in
 * the order of the send. Null until a read is stored with a manner; reads from before this step have none. A nullable
 * column can be added without rewriting the table.
 */
export const manners = `
alter table messages add column manners text;
`;
