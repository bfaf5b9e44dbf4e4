/**
 * Subscriptions of `form` 1 are those of apps to events in Stream mode: `code` is the appKey, and `url` and `secret` are
 * empty. An appKey may be the code of an endpoint as well.
 */
export const streamEvents = `
drop index subscriptions_code;
create unique index subscriptions_code on subscriptions (corp_id, form, code);
`;
