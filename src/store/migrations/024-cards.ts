/**
 * Interactive cards. A card belongs to an app, which names it by `out_track_id`; `code` is the id that people and
 * operators see. `data` has the variables of its template as JSON, `title` what its message shows in lists. `callback` is
 * how clicks reach the app: 0 not at all, 1 by Stream mode, 2 at the address of `route_key`. `streaming` is whether its
 * text is being written: 0 no, 1 yes, 2 finished, 3 failed; `guid` is that of the last streaming update.
 *
 * `card_private` has the variables of one user. `card_deliveries` has the messages that show a card, each to one user, or
 * to a conversation; the other number is 0. `card_callbacks` has the addresses that apps have registered, with encrypted
 * secrets. `card_templates` has the templates that are refused.
 */
export const cards = `
create table cards (
  corp_id bigint not null, id bigint not null, app_id bigint not null, code {key} not null, out_track_id {key} not null,
  template_id text not null, title text not null, data text not null, callback bigint not null, route_key text,
  user_id_type bigint not null, streaming bigint not null, guid text, revision bigint not null,
  created_at bigint not null, updated_at bigint not null, primary key (corp_id, id)) {clustered};
create unique index cards_code on cards (corp_id, code);
create unique index cards_out_track_id on cards (corp_id, app_id, out_track_id);
create index cards_age on cards (corp_id, updated_at);

create table card_private (
  corp_id bigint not null, card_id bigint not null, user_id bigint not null, data text not null,
  primary key (corp_id, card_id, user_id)) {clustered};

create table card_deliveries (
  corp_id bigint not null, card_id bigint not null, message_id bigint not null, robot_id bigint not null,
  user_id bigint not null, conversation_id bigint not null, primary key (corp_id, card_id, message_id)) {clustered};
create index card_deliveries_user on card_deliveries (corp_id, card_id, user_id);

create table card_callbacks (
  corp_id bigint not null, app_id bigint not null, name {key} not null, url text not null, secret text,
  primary key (corp_id, app_id, name)) {clustered};

create table card_templates (
  corp_id bigint not null, app_id bigint not null, code {key} not null, state text not null,
  primary key (corp_id, app_id, code)) {clustered};
`;
