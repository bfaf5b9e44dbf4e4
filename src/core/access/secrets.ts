import { hash, randomBytes, scrypt } from 'node:crypto';
import { createFairQueue } from './fair-queue.ts';
import { sameText } from './seal.ts';

/** Hashes secrets for storage, and verifies them. */
export type Secrets = {
  /** Hashes a secret as `scrypt$<log2 N>$<salt>$<hash>`, with salt and hash in base64url. */
  hash(secret: string): Promise<string>;
  /** Checks a secret against its hash. Groups (apps) are served round-robin. */
  verify(secret: string, stored: string, group: string): Promise<boolean>;
  /** Whether the secret is in the cache of verified secrets, so that verifying it is cheap. */
  isVerified(secret: string, stored: string): boolean;
  /** Returns the number of hashes that wait for their turn. */
  waiting(): number;
};

/** The number of concurrent scrypt jobs. It leaves two of libuv's four threads for files and DNS. */
const workers = 2;
const mostVerified = 10_000;

/**
 * Caches verified secrets as hashes with a key of this process, so that an app that requests another token does not
 * cost another scrypt.
 *
 * @param cost log2 of scrypt's N; 14 takes about 40 ms and 16 MiB
 */
export function createSecrets(cost: number): Secrets {
  const processKey = randomBytes(32).toString('hex');
  const verified = new Set<string>();
  const queue = createFairQueue(workers);
  const cacheKey = (secret: string, stored: string) => hash('sha256', `${processKey}\0${stored}\0${secret}`);
  return {
    async hash(secret) {
      const salt = randomBytes(16).toString('base64url');
      return `scrypt$${cost}$${salt}$${await queue.run('new secrets', () => derive(secret, salt, cost))}`;
    },
    async verify(secret, stored, group) {
      const key = cacheKey(secret, stored);
      if (verified.has(key)) return true;
      const [scheme, log2 = '', salt = '', expected = ''] = stored.split('$');
      if (scheme !== 'scrypt') return false;
      const derived = await queue.run(`secrets of ${group}`, () => derive(secret, salt, Number(log2)));
      if (!sameText(derived, expected)) return false;
      verified.add(key);
      const [oldest] = verified.size > mostVerified ? verified : [];
      if (oldest !== undefined) verified.delete(oldest);
      return true;
    },
    isVerified: (secret, stored) => verified.has(cacheKey(secret, stored)),
    waiting: queue.waiting,
  };
}

/**
 * Hashes secrets with one SHA-256, for the emulator in tests: it must start quickly, and its secrets are not secret. It
 * also verifies scrypt hashes, because snapshots may contain them. A server never accepts these quick hashes.
 */
export function createFastSecretHash(): Secrets {
  const slow = createSecrets(10);
  const quick = (secret: string) => `quick$${hash('sha256', secret)}`;
  return {
    hash: async (secret) => quick(secret),
    verify: async (secret, stored, group) => stored === quick(secret) || (await slow.verify(secret, stored, group)),
    isVerified: (secret, stored) => stored === quick(secret) || slow.isVerified(secret, stored),
    waiting: slow.waiting,
  };
}

function derive(secret: string, salt: string, cost: number): Promise<string> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, 32, { N: 2 ** cost, r: 8, p: 1 }, (error, key) => {
      if (error) reject(error);
      else resolve(key.toString('base64url'));
    });
  });
}

/** Hashes a text that is long and random, such as a one-time code, and so needs no salt. */
export function hashToken(token: string): string {
  return hash('sha256', token);
}

/** Returns random bytes (128 bits by default) in base64url. */
export function randomText(bytes = 16): string {
  return randomBytes(bytes).toString('base64url');
}
