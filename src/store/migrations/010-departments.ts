/**
 * Departments, and what a directory of people knows about a user. The root department, number 1, has no row: its name
 * is the organization's, and users without a membership belong to it. `placed` is 1 for users with memberships, so that
 * the others are found by an index. A mobile identifies one current user. `position` sorts departments upwards and the
 * members of a department downwards, as the vendor does. An app without scopes sees all departments. The setting
 * `unionIds` requests `fillUnionIds`, which gives existing users their unionId in steps.
 */
export const departments = `
alter table users add column union_id {key};
alter table users add column mobile {key};
alter table users add column email text;
alter table users add column job_number text;
alter table users add column title text;
alter table users add column placed bigint;
create unique index users_union on users (corp_id, union_id) where union_id is not null;
create unique index users_mobile on users (corp_id, mobile) where mobile is not null and left_at is null;
create index users_unplaced on users (corp_id, id) where placed is null and left_at is null;

create table departments (
  corp_id bigint not null, id bigint not null, parent_id bigint not null, name {key} not null, position bigint not null,
  primary key (corp_id, id)) {clustered};
create index departments_parent on departments (corp_id, parent_id, position, id);

create table department_members (
  corp_id bigint not null, department_id bigint not null, user_id bigint not null, leader bigint not null,
  position bigint not null, primary key (corp_id, department_id, user_id)) {clustered};
create index department_members_order on department_members (corp_id, department_id, position desc, user_id);
create index department_members_leader on department_members (corp_id, department_id, user_id) where leader = 1;
create index department_members_user on department_members (corp_id, user_id);

create table app_scopes (
  corp_id bigint not null, app_id bigint not null, department_id bigint not null,
  primary key (corp_id, app_id, department_id)) {clustered};

insert into settings (corp_id, name, value) select 0, 'unionIds', '0 0' where exists (select 1 from users);
`;
