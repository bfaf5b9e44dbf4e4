/**
 * Several processes on one database. `beats` rises as long as a process lives, so that the others need no common clock to see that it
 * does not; `owner` is the one process that delivers a message.
 */
export const processes = `
create table processes (corp_id bigint not null, id bigint not null, beats bigint not null, primary key (corp_id, id)) {clustered};
-- What processes hold in memory is compared with these before it is used; they only rise, whatever is restored.
create table versions (corp_id bigint not null, name {key} not null, version bigint not null, primary key (corp_id, name)) {clustered};
alter table messages add column owner bigint not null default 0;
`;
