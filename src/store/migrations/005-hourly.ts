/** The columns of the histogram of times from send to read. Its bounds are in `src/store/console/statistics.ts`. */
const steps = Array.from({ length: 13 }, (_, step) => `reads_${step}`);

/**
 * Stores statistics in the order in which they are read: by robot and then by hour, with additional rows for all robots
 * (robot 0), so that a plot of a year reads a few thousand rows for any number of robots. The index `sessions_person`
 * is for ending the sessions of a removed user.
 */
export const hourly = `
create table hourly (
  corp_id bigint not null, robot_id bigint not null, hour bigint not null,
  sends bigint not null default 0, deliveries bigint not null default 0,
  ${steps.map((name) => `${name} bigint not null default 0`).join(', ')},
  primary key (corp_id, robot_id, hour)) {clustered};
create index hourly_age on hourly (corp_id, hour);

insert into hourly (corp_id, robot_id, hour, sends, deliveries, ${steps.join(', ')})
  select corp_id, robot_id, hour, sum(sends), sum(deliveries),
    ${steps.map((_, step) => `sum(case when step = ${step} then reads else 0 end)`).join(', ')}
  from (
    select corp_id, robot_id, hour, sends, deliveries, 0 as step, 0 as reads from statistics
    union all select corp_id, robot_id, hour, 0, 0, step, reads from read_times) counted
  group by corp_id, robot_id, hour;
insert into hourly (corp_id, robot_id, hour, sends, deliveries, ${steps.join(', ')})
  select corp_id, 0, hour, sum(sends), sum(deliveries), ${steps.map((name) => `sum(${name})`).join(', ')}
  from hourly group by corp_id, hour;
drop table read_times;
drop table statistics;

create index sessions_person on sessions (corp_id, user_id);
`;
