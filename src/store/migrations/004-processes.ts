/**
 * Several processes on one database. A live process keeps increasing its `beats`, so that others can detect its end
 * without a common clock. `owner` is the process that delivers a message.
 */
export const processes = `
create table processes (corp_id bigint not null, id bigint not null, beats bigint not null, primary key (corp_id, id)) {clustered};
-- Processes compare their caches with these versions before they use them. Versions only increase, even when a snapshot
-- is restored.
create table versions (corp_id bigint not null, name {key} not null, version bigint not null, primary key (corp_id, name)) {clustered};
alter table messages add column owner bigint not null default 0;
`;
