import { queryRows, sql, type Work } from '../engine/sql.ts';

/** The states of a delivery of a DING. The index of a state is its value in the database. */
export const dingStates = ['unread', 'read', 'recalled'] as const;
export type DingState = (typeof dingStates)[number];

/** One delivery of a DING to one receiver. For SMS and phone, it is what would be sent. */
export type DingDelivery = {
  readonly dingId: number;
  readonly position: number;
  readonly robotId: number;
  readonly userCode: string;
  readonly userName: string;
  readonly channel: number;
  readonly state: DingState;
  readonly voice: string | null;
  /** Empty after a recall. */
  readonly body: string;
  readonly sentAt: number;
  readonly readAt: number | null;
  readonly recalledAt: number | null;
};

/** The position of a delivery in the list, newest DING first. */
export type DingPosition = readonly [dingId: number, position: number];

export type OutboxQuery = {
  readonly corpId: number;
  readonly channels: readonly number[];
  readonly states: readonly DingState[];
  /** Only deliveries after this position. */
  readonly after: DingPosition;
  readonly limit: number;
};

type Row = [
  dingId: number,
  position: number,
  robotId: number,
  userCode: string,
  userName: string,
  channel: number,
  state: number,
  voice: string | null,
  body: string,
  sentAt: number,
  readAt: number | null,
  recalledAt: number | null,
];

// Each channel and state is a range of the index, so a page costs the same however few deliveries match.
const selectDeliveries = sql<Row>(
  'select_ding_outbox',
  `select d.ding_id, d.position, g.robot_id, u.code, u.name, d.channel, d.state, g.voice, g.body, g.sent_at, d.read_at,
     g.recalled_at
   from ding_deliveries d
   join dings g on g.corp_id = d.corp_id and g.id = d.ding_id
   join users u on u.corp_id = d.corp_id and u.id = d.user_id
   where d.corp_id = $1 and d.channel = $2 and d.state = $3 and (d.ding_id < $4 or (d.ding_id = $4 and d.position > $5))
   order by d.ding_id desc, d.position limit $6`,
);

/** Reads a page of deliveries, newest DING first, and the receivers of a DING in the order of the send. */
export function* readOutbox({ corpId, channels, states, after, limit }: OutboxQuery): Work<readonly DingDelivery[]> {
  const found: DingDelivery[] = [];
  for (const channel of channels) {
    for (const state of states) {
      const number = dingStates.indexOf(state);
      const rows = yield* queryRows(selectDeliveries, corpId, channel, number, ...after, limit);
      found.push(...rows.map(toDelivery));
    }
  }
  found.sort((a, b) => b.dingId - a.dingId || a.position - b.position);
  return found.slice(0, limit);
}

function toDelivery(row: Row): DingDelivery {
  const [dingId, position, robotId, userCode, userName, channel, state, voice, body, sentAt, readAt, recalledAt] = row;
  const name = dingStates[state] ?? 'unread';
  return {
    dingId,
    position,
    robotId,
    userCode,
    userName,
    channel,
    state: name,
    voice,
    body,
    sentAt,
    readAt,
    recalledAt,
  };
}

/** An organization's quota of SMS or calls. `quota` null is any number. */
export type DingQuota = { readonly quota: number | null; readonly used: number };

const selectQuotas = sql<[channel: number, quota: number | null, used: number]>(
  'select_ding_quotas',
  `select channel, quota, used from ding_quotas where corp_id = $1`,
);
const upsertQuota = sql(
  'put_ding_quota',
  `insert into ding_quotas (corp_id, channel, quota, used) values ($1, $2, $3, 0)
   on conflict (corp_id, channel) do update set quota = excluded.quota`,
);

/** Reads an organization's quotas of SMS and calls. */
export function* readQuotas(corpId: number): Work<{ readonly sms: DingQuota; readonly phone: DingQuota }> {
  const rows = yield* queryRows(selectQuotas, corpId);
  const quotaOf = (channel: 2 | 3): DingQuota => {
    const [, quota = null, used = 0] = rows.find(([own]) => own === channel) ?? [];
    return { quota, used };
  };
  return { sms: quotaOf(2), phone: quotaOf(3) };
}

/** Sets an organization's quota of SMS or calls. What was used stays counted. */
export function* putQuota(corpId: number, channel: 2 | 3, quota: number | null): Work<void> {
  yield* queryRows(upsertQuota, corpId, channel, quota);
}
