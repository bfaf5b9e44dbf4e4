/**
 * Operators of the console, with their roles. A grant with the organization 0 is for all organizations; `user_id` is the
 * operator's own user in the organization. `generation` rises when what an operator may do changes, which ends their
 * sessions. Deleted operators keep their row, so that messages and the audit log can name them. A one-time link is
 * stored as a hash. `messages.operator_id` is the operator who has sent the message in the console.
 *
 * The audit log has the name and the role that an operator had at that time. Until now, all sessions were opened with the
 * admin token.
 */
export const operators = `
create table operators (
  corp_id bigint not null, id bigint not null, code {key} not null, name text not null, email {key}, generation bigint not null,
  created_at bigint not null, disabled_at bigint, deleted_at bigint, primary key (corp_id, id)) {clustered};
create unique index operators_code on operators (code);
create unique index operators_email on operators (email) where email is not null;

create table operator_grants (
  corp_id bigint not null, operator_id bigint not null, role text not null, user_id bigint,
  primary key (corp_id, operator_id)) {clustered};
create index operator_grants_operator on operator_grants (operator_id);

create table operator_links (
  corp_id bigint not null, hash {key} not null, operator_id bigint not null, expires_at bigint not null,
  primary key (corp_id, hash)) {clustered};

alter table console_sessions add column operator_id bigint;
alter table console_sessions add column generation bigint;

alter table audit add column operator_code {key};
alter table audit add column operator_name text;
alter table audit add column role text;
update audit set operator_code = 'adminToken', operator_name = 'admin token', role = 'owner'
  where actor = 'token' or actor like 'session %';
create index audit_operator on audit (operator_code, id);

alter table messages add column operator_id bigint;
create index messages_operator on messages (corp_id, operator_id, sent_at, id) where operator_id is not null;
`;
