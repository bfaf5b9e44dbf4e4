import type { TableRole } from '../engine/sql.ts';

/** The tables whose rows belong to one organization each. They are distributed by it, and co-located. */
const distributed = `
  users messages contents inbox streams events hourly mutes blocks flow idempotency grants sessions sign_in_codes templates
  installations authorizations suite_tickets counters settings console_sessions departments department_members app_scopes
  media media_parts media_usage conversations members conversation_robots group_reads dings ding_deliveries ding_quotas
  ding_rates robot_settings custom_robot_rates notices notice_receivers notice_misses notice_contents notice_counts
  notice_rates notice_templates robot_chats dingtalk_ids talk_rates emotions app_callbacks subscriptions event_deliveries
  cards card_private card_deliveries card_callbacks card_templates`;

/** The small tables that have a unique index without the organization, or are read without it. */
const reference = `
  organizations apps robots audit custom_robots stream_tickets stream_connections pushes versions processes
  operators operator_grants operator_links`;

const namesOf = (list: string) => list.trim().split(/\s+/);

/** The role of each table on a distributed engine. */
export const roles: Readonly<Record<string, TableRole>> = Object.fromEntries([
  ...namesOf(distributed).map((name) => [name, 'distributed'] as const),
  ...namesOf(reference).map((name) => [name, 'reference'] as const),
]);
