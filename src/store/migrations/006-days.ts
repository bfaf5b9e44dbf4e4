/**
 * Partitions the large tables by day if the engine can, so that old days can be dropped at once. `{by day …}` names a
 * table and the column whose numbers contain the day (see `src/store/engine/partitions.ts`). Existing rows belong to
 * day 0 and are not moved.
 */
export const days = `
{by day messages (id)}
{by day contents (message_id)}
{by day inbox (seq)}
{by day events (seq)}
`;
