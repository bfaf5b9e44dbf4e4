import type { Store } from '../../store/store.ts';
import { hashToken, randomText } from './secrets.ts';

/** What the configuration says about the secrets of the server; undefined if it says nothing. */
export type ConfiguredSecrets = { readonly secret?: string | undefined; readonly adminToken?: string | undefined };

/**
 * Returns the secret that seals tokens and keys: the configured one, or one generated on first start and stored in the
 * database.
 */
export async function loadServerSecret(store: Store, { secret }: ConfiguredSecrets): Promise<string> {
  return secret ?? (await store.ensureSetting('secret', randomText(32)));
}

/**
 * Loads the hash of the admin token: of the configured one, or of one generated on first start and printed once. `keep`
 * stores a generated one and resolves to the token to print. It runs only once the server runs, because a failed start
 * prints no token.
 *
 * @param isTemporary generates and prints one at each start, as `dev` does
 */
export async function loadAdminToken(
  store: Store,
  { adminToken }: ConfiguredSecrets,
  isTemporary: boolean,
): Promise<{ hash: string; keep: () => Promise<string | undefined> }> {
  const token = adminToken ?? randomText(24);
  const hash = hashToken(token);
  if (isTemporary) return { hash, keep: async () => token };
  if (adminToken !== undefined) return { hash, keep: async () => undefined };
  const kept = await store.setting(adminSetting);
  if (kept !== undefined) return { hash: kept, keep: async () => undefined };
  return { hash, keep: async () => ((await store.ensureSetting(adminSetting, hash)) === hash ? token : undefined) };
}

const adminSetting = 'adminTokenHash';
