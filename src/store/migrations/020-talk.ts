/**
 * What people write. A message of a person is a row of `messages` with the sender 2 and the person in `person_id`. To a
 * robot alone, `robot_id` is the robot, and the person is its only recipient; to a conversation, `robot_id` is 0.
 * `quoted_id` is the message that it quotes. The copy in the inbox of the sender is read from the start.
 *
 * `robot_chats` has the conversation of a robot with a user, or in a conversation; the other number is 0. `open_id`
 * identifies a conversation with a user, and is null for others. Until `expires_at`, the robot can reply through its
 * sessionWebhook. `dingtalk_ids` has the ids of users and robots that messages to robots contain. `talk_rates` counts
 * messages in a minute, of a user (`kind` 0) and through a sessionWebhook (`kind` 1). `emotions` are those that robots
 * attach to people's messages. `app_callbacks` has the address to which an app's robots get messages by HTTP, and the
 * encrypted secret of the app, which signs them.
 */
export const talk = `
alter table messages add column person_id bigint;
alter table messages add column quoted_id bigint;

create table robot_chats (
  corp_id bigint not null, id bigint not null, robot_id bigint not null, user_id bigint not null,
  conversation_id bigint not null, open_id {key}, expires_at bigint not null, primary key (corp_id, id)) {clustered};
create unique index robot_chats_place on robot_chats (corp_id, robot_id, conversation_id, user_id);
create unique index robot_chats_open_id on robot_chats (corp_id, open_id) where open_id is not null;

create table dingtalk_ids (
  corp_id bigint not null, robot_id bigint not null, user_id bigint not null, code {key} not null,
  primary key (corp_id, robot_id, user_id)) {clustered};

create table talk_rates (
  corp_id bigint not null, kind bigint not null, id bigint not null, minute bigint not null, sent bigint not null,
  primary key (corp_id, kind, id)) {clustered};

create table emotions (
  corp_id bigint not null, message_id bigint not null, robot_id bigint not null, name {key} not null, text text not null,
  created_at bigint not null, primary key (corp_id, message_id, robot_id, name)) {clustered};
create index emotions_age on emotions (corp_id, created_at);

create table app_callbacks (
  corp_id bigint not null, app_id bigint not null, message_url text, secret text,
  primary key (corp_id, app_id)) {clustered};
`;
