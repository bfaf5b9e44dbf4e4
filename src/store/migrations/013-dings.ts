/**
 * DINGs: reminders that a robot sends in the app, by SMS or by phone. `channel` is the vendor's remindType: 1 in the app,
 * 2 SMS, 3 phone. A delivery is one receiver's copy; deliveries by SMS and phone are the outbox, which nothing leaves.
 * `state`: 0 unread, 1 read, 2 recalled. `read_at` stays after a recall. `quota` is the number of SMS or calls that an
 * organization may send in total, null for any number.
 *
 * `robot_settings` has what an organization's robot was given through the robot's own calls; null is not set. A `name`
 * is set only for robots of third-party apps, whose row in `robots` belongs to all organizations.
 *
 * The inbox gets three events: 4 a DING has arrived, 5 it was read, 6 it was recalled. Their column `message_id`
 * contains the number of the DING.
 */
export const dings = `
create table dings (
  corp_id bigint not null, id bigint not null, robot_id bigint not null, channel bigint not null, voice text,
  sent_at bigint not null, recalled_at bigint, body text not null, primary key (corp_id, id)) {clustered};

create table ding_deliveries (
  corp_id bigint not null, ding_id bigint not null, position bigint not null, user_id bigint not null,
  channel bigint not null, state bigint not null, read_at bigint, manner bigint,
  primary key (corp_id, ding_id, position)) {clustered};
create index ding_deliveries_open on ding_deliveries (corp_id, user_id, ding_id) where state = 0;
create index ding_deliveries_state on ding_deliveries (corp_id, channel, state, ding_id, position);

create table ding_quotas (
  corp_id bigint not null, channel bigint not null, quota bigint, used bigint not null,
  primary key (corp_id, channel)) {clustered};

create table ding_rates (
  corp_id bigint not null, robot_id bigint not null, minute bigint not null, sent bigint not null,
  primary key (corp_id, robot_id)) {clustered};

create table robot_settings (
  corp_id bigint not null, robot_id bigint not null, name text, icon text, brief text, description text, status text,
  plugins text, primary key (corp_id, robot_id)) {clustered};
`;
