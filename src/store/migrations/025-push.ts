/**
 * Subscriptions of `form` 2 are encrypted HTTP pushes to an app: `code` is the appKey, and `secret` and `old_secret` are
 * the encrypted JSON text of its keys.
 *
 * `event_at` is the time of the event. An app reads its failed events as a list; `taken_at` is set when the call that
 * empties the list has returned an event.
 */
export const push = `
alter table event_deliveries add column event_at bigint;
alter table event_deliveries add column taken_at bigint;
create index event_deliveries_failed on event_deliveries (corp_id, subscription_id, event_at, seq)
  where state = 2 and taken_at is null;
`;
