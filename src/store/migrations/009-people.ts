/**
 * A code names one user at a time: a user who is added with the code of a user who has left is another person. The
 * second index finds former users by code, and lists them in the order of codes.
 */
export const people = `
drop index users_code;
create unique index users_code on users (corp_id, code) where left_at is null;
create index users_former on users (corp_id, code, left_at, id) where left_at is not null;
`;
