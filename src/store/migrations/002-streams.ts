/** Stores the last sequence number of each stream in a row, so that several processes can append to one stream. */
export const streams = `
create table streams (
  corp_id bigint not null, user_id bigint not null, last bigint not null, primary key (corp_id, user_id)) {clustered};
insert into streams (corp_id, user_id, last) select corp_id, user_id, max(seq) from inbox group by corp_id, user_id;
`;
