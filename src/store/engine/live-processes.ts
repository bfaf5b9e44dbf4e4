import type { Row } from './sql.ts';

/** The heartbeat counts of the processes that use a database, by their numbers. */
export const beatsQuery = 'select id, beats from processes where corp_id = 0';

/** Longer than the interval at which live processes update their row, in milliseconds. */
const beatEvery = 2500;

/**
 * Finds out whether a process uses a database: one whose heartbeat count rises. It waits only if there are processes in
 * the list.
 *
 * @param readBeats runs `beatsQuery`
 */
export async function isInUse(readBeats: () => Promise<readonly Row[]>): Promise<boolean> {
  const before = await readBeats();
  if (before.length === 0) return false;
  await new Promise((resolve) => setTimeout(resolve, beatEvery));
  const now = new Map((await readBeats()).map(([id, beats]) => [id, beats]));
  return before.some(([id, beats]) => now.has(id ?? null) && now.get(id ?? null) !== beats);
}
