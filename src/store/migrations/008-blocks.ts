/**
 * Separates muting from blocking a robot. Until now a mute refused messages, so each existing mute becomes a block;
 * `was_mute` is 1 until the user has dismissed the notice about that. `filtered` lists the users who did not get a
 * message because of their blocks, in the order of the send; null for none.
 */
export const blocks = `
create table blocks (
  corp_id bigint not null, user_id bigint not null, robot_id bigint not null, was_mute bigint not null,
  primary key (corp_id, user_id, robot_id)) {clustered};
create index blocks_robot on blocks (corp_id, robot_id, user_id);
insert into blocks (corp_id, user_id, robot_id, was_mute) select corp_id, user_id, robot_id, 1 from mutes;
delete from mutes;
alter table robots add column unblockable bigint not null default 0;
alter table messages add column filtered text;
`;
