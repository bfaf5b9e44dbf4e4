/**
 * The name of a group in the configuration file, by which a later start finds it again; null for other groups. The
 * second index lists the groups of an organization without its conversations of two people.
 */
export const groupNames = `
alter table conversations add column setup_name {key};
create unique index conversations_setup_name on conversations (corp_id, setup_name) where setup_name is not null;
create index conversations_groups on conversations (corp_id, id) where is_group = 1;
`;
