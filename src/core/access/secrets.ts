import { hash, randomBytes, scrypt } from 'node:crypto';
import { createFairQueue } from './fair-queue.ts';
import { sameText } from './seal.ts';

/** Keeps secrets as hashes only. */
export type Secrets = {
  /** `scrypt$<log2 N>$<salt>$<hash>` of a secret, base64url. */
  hash(secret: string): Promise<string>;
  /** Checks a secret against its hash. Jobs of different groups (apps) take turns. */
  verify(secret: string, stored: string, group: string): Promise<boolean>;
  /** Whether this secret was verified before, so that checking it again costs nothing. */
  isVerified(secret: string, stored: string): boolean;
};

/** How many scrypt jobs run at a time; two of libuv's four threads stay free for files and DNS. */
const workers = 2;
const mostVerified = 10_000;

/**
 * @param cost log2 of scrypt's N: 14 takes some 40 ms and 16 MiB. A secret that was verified is cached as a hash under a key of this
 * process, so that an app which asks for a token again does not pay again.
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
  };
}

/**
 * For the emulator of a test runner, where a start must not cost anything and the secrets stand in the test: one SHA-256. It knows
 * the other kind, too, since snapshots carry it; a server never knows this kind.
 */
export function createQuickSecrets(): Secrets {
  const slow = createSecrets(10);
  const quick = (secret: string) => `quick$${hash('sha256', secret)}`;
  return {
    hash: async (secret) => quick(secret),
    verify: async (secret, stored, group) => stored === quick(secret) || (await slow.verify(secret, stored, group)),
    isVerified: (secret, stored) => stored === quick(secret) || slow.isVerified(secret, stored),
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

/** A hash for what is random and long already, such as one-time codes. */
export function hashToken(token: string): string {
  return hash('sha256', token);
}

/** Letters and digits nobody can guess: 128 bits or more. */
export function randomText(bytes = 16): string {
  return randomBytes(bytes).toString('base64url');
}
