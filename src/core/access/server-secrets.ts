import type { Store } from '../../store/store.ts';
import { hashToken, randomText } from './secrets.ts';

/** What the configuration says about the secrets of the server; undefined if it says nothing. */
export type ConfiguredSecrets = { readonly secret?: string | undefined; readonly adminToken?: string | undefined };

/** The admin token of a running server. */
export type AdminToken = {
  /** Returns the hash of the token that is valid now. */
  hash(): Promise<string>;
  /** Stores a generated token. Resolves with the token to print; undefined if it was printed at an earlier start. */
  keep(): Promise<string | undefined>;
  /** Whether the token is in the database, where `resetAdminToken` replaces it. */
  readonly isStored: boolean;
};

/**
 * Returns the secret that seals tokens and keys: the configured one, or one generated on first start and stored in the
 * database.
 */
export async function loadServerSecret(store: Store, { secret }: ConfiguredSecrets): Promise<string> {
  return secret ?? (await store.ensureSetting('secret', randomText(32)));
}

/**
 * Loads the admin token: the configured one, or one generated on first start and printed once. `keep` runs only once
 * the server runs, because a failed start prints no token. The hash of a stored one is read for each check, because
 * another process may replace it.
 *
 * @param isTemporary generates and prints one at each start, as `dev` does
 */
export async function loadAdminToken(
  store: Store,
  { adminToken }: ConfiguredSecrets,
  isTemporary: boolean,
): Promise<AdminToken> {
  const token = adminToken ?? randomText(24);
  const hash = hashToken(token);
  const fixed = { hash: async () => hash, isStored: false };
  if (isTemporary) return { ...fixed, keep: async () => token };
  if (adminToken !== undefined) return { ...fixed, keep: async () => undefined };
  const isKept = (await store.setting(adminSetting)) !== undefined;
  return {
    hash: async () => (await store.setting(adminSetting)) ?? hash,
    keep: async () => (isKept || (await store.ensureSetting(adminSetting, hash)) !== hash ? undefined : token),
    isStored: true,
  };
}

const adminSetting = 'adminTokenHash';

/** Replaces the stored admin token by one with the given hash. Sessions that the old one opened end. */
export async function resetAdminToken(store: Store, hash: string, at: number): Promise<void> {
  const entry = { corpId: 0, action: 'adminToken.reset', target: 'admin token', was: null, became: null };
  await store.operator.putSetting(adminSetting, hash, { ...entry, at, actor: 'command' });
}
