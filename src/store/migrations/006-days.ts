/**
 * The large tables by day, where the engine can: a day's rows lie together and are dropped together. `{by day …}` names a table and the
 * column whose numbers tell the day (see days.ts). What is there already is of day 0 and stays where it lies.
 */
export const days = `
{by day messages (id)}
{by day contents (message_id)}
{by day inbox (seq)}
{by day events (seq)}
`;
