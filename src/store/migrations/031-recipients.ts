/**
 * An index from which the recipients of a send are read without their rows. `users_code` lacks `left_at`, and unique
 * indexes do not compare nulls.
 */
export const recipients = `
create index users_recipients on users (corp_id, code, left_at, id) where left_at is null;
`;
