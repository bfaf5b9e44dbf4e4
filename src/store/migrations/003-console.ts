/**
 * What the console needs. Messages are listed by time (and within a time by number), whatever an engine makes of their numbers; each
 * filter that leaves few of many has an index in the same order. Statistics are counted as things happen, by the hour in which a
 * message was sent, so that a plot reads a few rows however many messages there were.
 */
export const forConsole = `
create index messages_sent on messages (corp_id, sent_at, id);
create index messages_robot on messages (corp_id, robot_id, sent_at, id);
create index messages_recalled on messages (corp_id, sent_at, id) where recalled_at is not null;

-- What happened in an organization, numbered without gaps. event: 0 sent, 1 delivered, 2 read, 3 recalled; position is the reader's place
-- in the send. Times and people stand in the message's row already.
create table events (
  corp_id bigint not null, seq bigint not null, event bigint not null, message_id bigint not null, position bigint not null,
  primary key (corp_id, seq)) {clustered};

create table statistics (
  corp_id bigint not null, hour bigint not null, robot_id bigint not null, sends bigint not null, deliveries bigint not null,
  primary key (corp_id, hour, robot_id)) {clustered};

-- Reads by the time that they took, in steps.
create table read_times (
  corp_id bigint not null, hour bigint not null, robot_id bigint not null, step bigint not null, reads bigint not null,
  primary key (corp_id, hour, robot_id, step)) {clustered};

-- Who changed what from the console; corp_id is the organization concerned, or 0. No secret is in it.
create table audit (
  corp_id bigint not null, id bigint not null, at bigint not null, actor text not null, action text not null, target text not null,
  was text, became text, primary key (corp_id, id)) {clustered};
create unique index audit_newest on audit (id);

-- Operators who have signed in. A session is good only as long as the admin token that opened it.
create table console_sessions (
  corp_id bigint not null, hash {key} not null, id bigint not null, opened_by text not null, expires_at bigint not null,
  primary key (corp_id, hash)) {clustered};
`;
