/**
 * Subscriptions to an organization's events: `form` 0 is an endpoint that gets webhooks. The table `events` is their
 * outbox: `position` is the offset up to which every event was delivered, skipped, or has a row in `event_deliveries`.
 * `owner` is the process that delivers. `revision` increases with each change of the subscription, so that results of
 * requests that began before it are not recorded. `types` is a JSON list, null for all types. `secret` and `old_secret`
 * are encrypted. `disabled`: 0 enabled, 1 disabled by an operator, 2 by the endpoint itself with status 410. `dropped`
 * counts events that retention removed before they were delivered.
 *
 * `event_deliveries` has one row for each event that was sent to a subscription. `state`: 0 waits for the next attempt
 * at `due_at`, 1 delivered, 2 failed, after the last attempt. `status` and `answer` are those of the last response;
 * without a response, `status` is null and `answer` is the reason.
 */
export const subscriptions = `
create table subscriptions (
  corp_id bigint not null, id bigint not null, code text not null, form bigint not null, url text not null,
  description text not null, types text, secret text not null, old_secret text, old_secret_until bigint,
  disabled bigint not null, position bigint not null, owner bigint not null, revision bigint not null,
  dropped bigint not null, created_at bigint not null, primary key (corp_id, id)) {clustered};
create unique index subscriptions_code on subscriptions (corp_id, code);

create table event_deliveries (
  corp_id bigint not null, subscription_id bigint not null, seq bigint not null, state bigint not null,
  tries bigint not null, due_at bigint, tried_at bigint, status bigint, answer text, duration bigint,
  primary key (corp_id, subscription_id, seq)) {clustered};
create index event_deliveries_open on event_deliveries (corp_id, subscription_id, state, due_at) where state <> 1;
create index event_deliveries_tried on event_deliveries (corp_id, tried_at) where state <> 0;
`;
