import { createSeal } from '../../src/core/access/seal.ts';
import { openStore } from '../../src/store/open.ts';
import { corpId, secret } from '../seed.ts';

/**
 * Opens a session for each of the users numbered from 1, in a database that no server has open; returns their tokens.
 */
export async function openSessions(database: string, users: number): Promise<readonly string[]> {
  const store = await openStore(database);
  const seal = createSeal(secret);
  const expiresAt = Date.now() + 86_400_000;
  try {
    return await Promise.all(
      Array.from({ length: users }, async (_, i) => {
        const id = await store.number('session');
        await store.credentials.putSession({ corpId, id, userId: i + 1, expiresAt });
        return seal.sealPair('session', corpId, id);
      }),
    );
  } finally {
    await store.close();
  }
}
