/**
 * Custom robots: webhooks that send into one group. Their numbers come from the counter of the robots, so a number of
 * `messages.robot_id` is one of a robot or of a custom robot. A webhook's token is found by `token_hash`, its SHA-256;
 * `token` and `secret` are encrypted. `keywords` and `addresses` are JSON lists. `action` is the last actionType of the
 * robot's calls, and `outgoing` the JSON of its outgoing address. A deleted robot has no token, and its row stays as long
 * as its messages.
 *
 * `custom_robot_rates` counts the messages of a window that starts at `started_at`. Until `blocked_until`, which is 0
 * for a robot that is not blocked, no message is accepted.
 */
export const customRobots = `
create table custom_robots (
  corp_id bigint not null, id bigint not null, code {key} not null, name text not null, conversation_id bigint not null,
  token_hash {key}, token text, secret text, keywords text not null, addresses text not null, disabled bigint not null,
  action text, outgoing text, created_at bigint not null, deleted_at bigint, primary key (corp_id, id)) {clustered};
create unique index custom_robots_code on custom_robots (code, corp_id);
create unique index custom_robots_token on custom_robots (token_hash, corp_id) where token_hash is not null;
create index custom_robots_deleted on custom_robots (corp_id, deleted_at) where deleted_at is not null;

create table custom_robot_rates (
  corp_id bigint not null, robot_id bigint not null, started_at bigint not null, sent bigint not null,
  blocked_until bigint not null, primary key (corp_id, robot_id)) {clustered};
`;
