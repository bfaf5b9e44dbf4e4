/** Each stream's last number in a row of its own, so that several processes can write into one stream. */
export const streams = `
create table streams (
  corp_id bigint not null, user_id bigint not null, last bigint not null, primary key (corp_id, user_id)) {clustered};
insert into streams (corp_id, user_id, last) select corp_id, user_id, max(seq) from inbox group by corp_id, user_id;
`;
