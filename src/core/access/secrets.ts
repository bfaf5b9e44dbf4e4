import { hash, randomBytes, scrypt } from 'node:crypto';
import { sameText } from './seal.ts';

/** Keeps secrets as hashes only. */
export type Secrets = {
  /** `scrypt$<log2 N>$<salt>$<hash>` of a secret, base64url. */
  hash(secret: string): Promise<string>;
  verify(secret: string, stored: string): Promise<boolean>;
};

/**
 * @param cost log2 of scrypt's N: 14 takes some 40 ms and 16 MiB. What was verified once is remembered by a hash under a key of this
 * process, so that an app which asks for a token again does not pay again.
 */
export function createSecrets(cost: number): Secrets {
  const processKey = randomBytes(32).toString('hex');
  const verified = new Set<string>();
  return {
    async hash(secret) {
      const salt = randomBytes(16).toString('base64url');
      return `scrypt$${cost}$${salt}$${await derive(secret, salt, cost)}`;
    },
    async verify(secret, stored) {
      const memory = hash('sha256', `${processKey}\0${stored}\0${secret}`);
      if (verified.has(memory)) return true;
      const [scheme, log2 = '', salt = '', expected = ''] = stored.split('$');
      if (scheme !== 'scrypt' || !sameText(await derive(secret, salt, Number(log2)), expected)) return false;
      if (verified.size >= 10_000) verified.clear();
      verified.add(memory);
      return true;
    },
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
    verify: async (secret, stored) => stored === quick(secret) || (await slow.verify(secret, stored)),
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
