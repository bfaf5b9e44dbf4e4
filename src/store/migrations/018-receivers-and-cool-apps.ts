/**
 * The receivers of a work notice that is being delivered, in parts, so that a step of the delivery and a query for its
 * progress read few of them. `receivers` lists the numbers of a part in ascending order, `last_user` is its last number
 * or a larger one below those of the next part, and `position` counts the receivers of the parts before it. A part is
 * deleted when all of its receivers have been dealt with. A notice that is being delivered during the migration has one
 * part.
 *
 * `cool_app_code` is the cool app through which a robot is in conversations; null for most robots. Messages have a
 * further sender: 4 an app in a group.
 */
export const receiversAndCoolApps = `
create table notice_receivers (
  corp_id bigint not null, notice_id bigint not null, last_user bigint not null, position bigint not null,
  receivers text not null, primary key (corp_id, notice_id, last_user)) {clustered};
insert into notice_receivers (corp_id, notice_id, last_user, position, receivers)
  select corp_id, id, 9007199254740991, 0, receivers from notices where receivers <> '';
alter table notices drop column receivers;

alter table robots add column cool_app_code text;
`;
