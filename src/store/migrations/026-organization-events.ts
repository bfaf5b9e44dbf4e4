/**
 * The text of an event that has no message: a change of a group, a user or a department. `body` is JSON, null for events of
 * messages. Such an event has the `message_id` 0, and `position` is when it happened, in epoch milliseconds.
 */
export const organizationEvents = `
alter table events add column body text;
`;
