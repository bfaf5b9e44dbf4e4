import { createSeal } from '../../src/core/access/seal.ts';
import { openStore } from '../../src/store/open.ts';
import { corpId, secret } from '../seed.ts';

/**
 * Opens a session for each of some users, by number, in a database that no server has open; returns their tokens.
 */
export async function openSessions(database: string, userIds: readonly number[]): Promise<readonly string[]> {
  const store = await openStore(database);
  const seal = createSeal(secret);
  const expiresAt = Date.now() + 86_400_000;
  try {
    return await Promise.all(
      userIds.map(async (userId) => {
        const id = await store.number('session');
        await store.credentials.putSession({ corpId, id, userId, expiresAt });
        return seal.sealPair('session', corpId, id);
      }),
    );
  } finally {
    await store.close();
  }
}

/** The numbers of the first users. */
export const firstUsers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);
