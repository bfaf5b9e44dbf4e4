/**
 * Work notices: messages of an app to users and departments. A notice is a row of `messages` with the sender 3, whose
 * number it has, to a conversation of its own (`is_group` 2) that nobody sees. Until it is delivered, `receivers` lists
 * the numbers of its receivers in ascending order; each delivery makes the receiver a member of that conversation.
 * Receivers with numbers above `held_after` are more than an app may reach in a minute. `content` is the hash of what was
 * sent on `day`, a day of Asia/Shanghai.
 *
 * `notice_misses` has the receivers without a delivery; `reason`: 0 too many notices on that day, 1 the same content
 * again, 2 too many receivers in a minute, 3 the user has left. `notice_contents` and `notice_counts` have who got which
 * content and how many notices of an app on a day. `notice_rates` has the receivers in a minute and the notices to all
 * users on a day.
 *
 * `agent_id` identifies an app in the calls for notices.
 */
export const notices = `
alter table apps add column agent_id bigint not null default 0;
update apps set agent_id = 2500000000 + id * 7919;
create unique index apps_agent_id on apps (agent_id);

create table notices (
  corp_id bigint not null, id bigint not null, app_id bigint not null, conversation_id bigint not null,
  content bigint not null, day bigint not null, sent_at bigint not null, receivers text not null, total bigint not null,
  held_after bigint, per_day bigint not null, invalid text not null, primary key (corp_id, id)) {clustered};
create index notices_app on notices (corp_id, app_id, id);

create table notice_misses (
  corp_id bigint not null, notice_id bigint not null, user_id bigint not null, reason bigint not null,
  primary key (corp_id, notice_id, user_id)) {clustered};

create table notice_contents (
  corp_id bigint not null, day bigint not null, app_id bigint not null, content bigint not null, user_id bigint not null,
  primary key (corp_id, day, app_id, content, user_id)) {clustered};

create table notice_counts (
  corp_id bigint not null, app_id bigint not null, user_id bigint not null, day bigint not null, sent bigint not null,
  primary key (corp_id, app_id, user_id)) {clustered};

create table notice_rates (
  corp_id bigint not null, app_id bigint not null, minute bigint not null, reached bigint not null, day bigint not null,
  to_all bigint not null, primary key (corp_id, app_id)) {clustered};

create table notice_templates (
  corp_id bigint not null, app_id bigint not null, code {key} not null, state text not null, msg text not null,
  primary key (corp_id, app_id, code)) {clustered};
`;
