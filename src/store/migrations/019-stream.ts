/**
 * Stream mode. `uuid` identifies an app in frames; apps from before get one when the database is opened. A ticket is
 * stored as its SHA-256. `era` is that of the app when the ticket was issued: a ticket of an earlier era is void.
 *
 * `stream_connections` and `pushes` are used only if several processes share the database. `process` is the one that has
 * the connection. A push is what another process, the `owner`, sends through it; `state`: 0 waits, 1 was sent, 2 was
 * answered, 3 will have no answer. `body` is the push as JSON, `answer` what the client has answered.
 */
export const stream = `
alter table apps add column uuid {key};

create table stream_tickets (
  corp_id bigint not null, hash {key} not null, app_id bigint not null, era bigint not null, subscriptions text not null,
  client text not null, expires_at bigint not null, primary key (corp_id, hash)) {clustered};
create index stream_tickets_hash on stream_tickets (hash, corp_id);
create index stream_tickets_app on stream_tickets (corp_id, app_id, expires_at);

create table stream_connections (
  corp_id bigint not null, id bigint not null, app_id bigint not null, process bigint not null, ticket text not null,
  subscriptions text not null, client text not null, opened_at bigint not null, primary key (corp_id, id)) {clustered};
create index stream_connections_app on stream_connections (corp_id, app_id, id);

create table pushes (
  corp_id bigint not null, id bigint not null, connection_id bigint not null, process bigint not null,
  owner bigint not null, state bigint not null, body text not null, answer text, primary key (corp_id, id)) {clustered};
create index pushes_waiting on pushes (process, state) where state = 0;
create index pushes_answered on pushes (owner, state) where state > 1;
`;
