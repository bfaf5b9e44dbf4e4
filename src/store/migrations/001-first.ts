/**
 * The first schema. Rules: every table has a `corp_id` (the internal number of the organization; 0 is the installation
 * itself), every primary key starts with it, `code` is the identifier in the vendor's API, times are epoch
 * milliseconds, JSON is text. `{key}` is text that sorts by code point, `{bytes}` is a column of bytes, `{clustered}`
 * stores a table in the order of its primary key if the engine can.
 */
export const first = `
create table settings (corp_id bigint not null, name {key} not null, value text not null, primary key (corp_id, name)) {clustered};
create table counters (corp_id bigint not null, name {key} not null, next bigint not null, primary key (corp_id, name)) {clustered};

create table organizations (corp_id bigint not null, code {key} not null, name text not null, primary key (corp_id)) {clustered};
create unique index organizations_code on organizations (code);

create table users (
  corp_id bigint not null, id bigint not null, code {key} not null, name {key} not null, left_at bigint,
  primary key (corp_id, id)) {clustered};
create unique index users_code on users (corp_id, code);

create table apps (
  corp_id bigint not null, id bigint not null, code {key} not null, kind text not null, secret_hash text not null,
  generation bigint not null, permissions text not null, primary key (corp_id, id)) {clustered};
create unique index apps_code on apps (code);

create table authorizations (
  corp_id bigint not null, app_id bigint not null, generation bigint not null, revoked_at bigint,
  primary key (corp_id, app_id)) {clustered};

create table suite_tickets (
  corp_id bigint not null, app_id bigint not null, id bigint not null, ticket text not null, created_at bigint not null,
  primary key (corp_id, app_id, id)) {clustered};

create table robots (
  corp_id bigint not null, id bigint not null, code {key} not null, name text not null, app_id bigint not null,
  disabled bigint not null, per_user_per_minute bigint not null, per_user_per_day bigint not null,
  primary key (corp_id, id)) {clustered};
create unique index robots_code on robots (code);

create table installations (corp_id bigint not null, robot_id bigint not null, primary key (corp_id, robot_id)) {clustered};

create table templates (
  corp_id bigint not null, robot_id bigint not null, kind bigint not null, state text not null,
  primary key (corp_id, robot_id, kind)) {clustered};

create table grants (
  corp_id bigint not null, id bigint not null, app_id bigint not null, app_generation bigint not null,
  authorization_generation bigint not null, shared bigint not null, expires_at bigint not null,
  primary key (corp_id, id)) {clustered};
create index grants_shared on grants (corp_id, app_id, expires_at) where shared = 1;
create index grants_expiry on grants (expires_at);

create table sign_in_codes (
  corp_id bigint not null, hash {key} not null, user_id bigint not null, expires_at bigint not null,
  primary key (corp_id, hash)) {clustered};

create table sessions (
  corp_id bigint not null, id bigint not null, user_id bigint not null, expires_at bigint not null,
  primary key (corp_id, id)) {clustered};
create index sessions_expiry on sessions (expires_at);

create table mutes (
  corp_id bigint not null, user_id bigint not null, robot_id bigint not null,
  primary key (corp_id, user_id, robot_id)) {clustered};

create table flow (
  corp_id bigint not null, robot_id bigint not null, user_id bigint not null,
  minute bigint not null, in_minute bigint not null, day bigint not null, in_day bigint not null,
  primary key (corp_id, robot_id, user_id)) {clustered};

create table idempotency (
  corp_id bigint not null, app_id bigint not null, code {key} not null, answer text not null, created_at bigint not null,
  primary key (corp_id, app_id, code)) {clustered};
create index idempotency_age on idempotency (created_at);

-- One accepted send. state: 0 queued, 1 outcome unknown, 2 delivered. This one row has all that readStatus returns:
-- recipients is the list of user ids in the order of the send, reads has a slot of 8 characters for each (milliseconds
-- from send to read in base 36, blank while unread); it is empty while nobody has read.
create table messages (
  corp_id bigint not null, id bigint not null, robot_id bigint not null, kind bigint not null, sent_at bigint not null,
  state bigint not null, delivered_at bigint, recalled_at bigint, recipients text not null, reads text not null,
  primary key (corp_id, id)) {clustered};
create index messages_pending on messages (corp_id, id) where state < 2;

-- The text is separate from the message, so that readStatus reads from a dense table and a recall can delete the text
-- alone.
create table contents (
  corp_id bigint not null, message_id bigint not null, param text not null, primary key (corp_id, message_id)) {clustered};

-- A user's event stream, numbered from 1 without gaps. event: 0 a message has arrived, 1 it was read, 2 it was
-- recalled. An arrival is the delivery, the recipient's copy of a message: position is the recipient's index in the
-- send, read_at the time of the read.
create table inbox (
  corp_id bigint not null, user_id bigint not null, seq bigint not null, event bigint not null, message_id bigint not null,
  position bigint not null, read_at bigint, primary key (corp_id, user_id, seq)) {clustered};
create index inbox_unread on inbox (corp_id, user_id, message_id) where event = 0 and read_at is null;
`;
