/**
 * Conversations: groups, and conversations of two people, in which robots send messages. A conversation has a change
 * number, which rises with each change of its members. Members are intervals of change numbers: from `joined` until
 * `left_in`, which is null for a current member. A message stores the number at which it was sent, so its recipients
 * are the members whose interval contains that number, and a send writes a fixed number of rows. `muted` is the member's
 * own setting: messages arrive without a notification.
 *
 * A message to a conversation has no `recipients` and no `reads`, which would be rewritten by each read. It is delivered
 * in the order of the members' numbers, up to `delivered_to`. Each read is a row of `group_reads`; its `seq` is the
 * offset of the read in the organization's events, so it rises in the order of the commits.
 */
export const conversations = `
create table conversations (
  corp_id bigint not null, id bigint not null, open_id {key} not null, chat_id {key}, is_group bigint not null,
  title text not null, owner_id bigint, template_id text, icon text, options text not null, change bigint not null,
  created_at bigint not null, disbanded_at bigint, primary key (corp_id, id)) {clustered};
create unique index conversations_open_id on conversations (open_id, corp_id);
create unique index conversations_chat_id on conversations (chat_id, corp_id) where chat_id is not null;

create table members (
  corp_id bigint not null, conversation_id bigint not null, user_id bigint not null, joined bigint not null,
  is_admin bigint not null, muted bigint not null default 0, left_in bigint, left_at bigint,
  primary key (corp_id, conversation_id, user_id, joined)) {clustered};
create index members_user on members (corp_id, user_id, conversation_id) where left_in is null;
create index members_left on members (corp_id, left_at) where left_at is not null;

create table conversation_robots (
  corp_id bigint not null, conversation_id bigint not null, robot_id bigint not null,
  primary key (corp_id, conversation_id, robot_id)) {clustered};
create index conversation_robots_robot on conversation_robots (corp_id, robot_id, conversation_id);

-- sender: 0 a robot of an app, 1 a custom robot, 2 a person, 3 an app's notice. conversation_id is null for a message to
-- users; sent_in is the change number of the conversation at the send. While a recalled message is taken back from the
-- inboxes, state is 0 again and delivered_to falls.
alter table messages add column sender bigint not null default 0;
alter table messages add column conversation_id bigint;
alter table messages add column sent_in bigint;
alter table messages add column delivered_to bigint;

create table group_reads (
  corp_id bigint not null, message_id bigint not null, seq bigint not null, user_id bigint not null, read_at bigint not null,
  manner text, primary key (corp_id, message_id, seq)) {clustered};
{by day group_reads (message_id)}
`;
