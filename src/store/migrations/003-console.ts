/**
 * The tables and indexes of the console. Messages are listed by send time and then by number, because numbers are
 * assigned differently by each engine. Each selective filter has an index in the same order. Statistics are counted
 * when events happen, by the hour of the send, so that a plot reads a few rows for any number of messages.
 */
export const forConsole = `
create index messages_sent on messages (corp_id, sent_at, id);
create index messages_robot on messages (corp_id, robot_id, sent_at, id);
create index messages_recalled on messages (corp_id, sent_at, id) where recalled_at is not null;

-- The events of an organization, numbered without gaps. event: 0 sent, 1 delivered, 2 read, 3 recalled; position is the
-- reader's index in the send. Times and users are in the row of the message.
create table events (
  corp_id bigint not null, seq bigint not null, event bigint not null, message_id bigint not null, position bigint not null,
  primary key (corp_id, seq)) {clustered};

create table statistics (
  corp_id bigint not null, hour bigint not null, robot_id bigint not null, sends bigint not null, deliveries bigint not null,
  primary key (corp_id, hour, robot_id)) {clustered};

-- A histogram of the times from send to read.
create table read_times (
  corp_id bigint not null, hour bigint not null, robot_id bigint not null, step bigint not null, reads bigint not null,
  primary key (corp_id, hour, robot_id, step)) {clustered};

-- Changes by operators; corp_id is the organization concerned, or 0. Contains no secrets.
create table audit (
  corp_id bigint not null, id bigint not null, at bigint not null, actor text not null, action text not null, target text not null,
  was text, became text, primary key (corp_id, id)) {clustered};
create unique index audit_newest on audit (id);

-- Sessions of operators. A session is valid only as long as the admin token that opened it.
create table console_sessions (
  corp_id bigint not null, hash {key} not null, id bigint not null, opened_by text not null, expires_at bigint not null,
  primary key (corp_id, hash)) {clustered};
`;
