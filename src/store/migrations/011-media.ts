/**
 * Uploaded files. `code` is the media_id. state: 0 being uploaded, 1 complete, 2 being deleted; only complete ones can
 * be found. `owner` is the process that uploads it, so that others can delete what a dead process has left. The bytes
 * are in rows of 256 KiB, except the last one, numbered from 0. `media_usage` has the bytes of each organization.
 */
export const media = `
create table media (
  corp_id bigint not null, id bigint not null, code {key} not null, type text not null, name text not null,
  mime text not null, size bigint not null, state bigint not null, owner bigint not null, created_at bigint not null,
  used_at bigint not null, primary key (corp_id, id)) {clustered};
create unique index media_code on media (corp_id, code);
create index media_age on media (corp_id, used_at) where state = 1;
create index media_unfinished on media (corp_id, id) where state <> 1;

-- Not clustered: SQLite stores large rows better outside of the index of their keys.
create table media_parts (
  corp_id bigint not null, media_id bigint not null, part bigint not null, data {bytes} not null,
  primary key (corp_id, media_id, part));

create table media_usage (corp_id bigint not null, bytes bigint not null, primary key (corp_id)) {clustered};
`;
