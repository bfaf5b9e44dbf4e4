import { expect, test } from 'vitest';
import { createSecrets, hashToken, randomText } from './secrets.ts';

const secrets = createSecrets(10);

test('a secret is stored as a salted hash with its parameters', async () => {
  const [one, two] = [await secrets.hash('s3cret'), await secrets.hash('s3cret')];
  expect(one).toMatch(/^scrypt\$10\$[\w-]{22}\$[\w-]{43}$/);
  expect(one).not.toBe(two);
  expect(`${one}${two}`).not.toContain('s3cret');
});

test('only the right secret verifies, every time', async () => {
  const stored = await secrets.hash('s3cret 曲');
  expect(await secrets.verify('s3cret 曲', stored, 'app')).toBe(true);
  expect(await secrets.verify('s3cret 曲', stored, 'app')).toBe(true);
  for (const wrong of ['', 's3cret', 's3cret 曲 ', 'S3CRET 曲', stored]) {
    expect(await secrets.verify(wrong, stored, 'app')).toBe(false);
    expect(await secrets.verify(wrong, stored, 'app')).toBe(false);
  }
});

test('a verified secret does not verify against another hash', async () => {
  const stored = await secrets.hash('one');
  expect(await secrets.verify('one', stored, 'app')).toBe(true);
  expect(await secrets.verify('one', await secrets.hash('two'), 'app')).toBe(false);
});

test('a hash of another cost from another process verifies', async () => {
  const stored = await createSecrets(11).hash('s3cret');
  expect(await secrets.verify('s3cret', stored, 'app')).toBe(true);
  expect(await secrets.verify('other', stored, 'app')).toBe(false);
});

test('nothing verifies against a text that is not a hash', async () => {
  for (const stored of ['', 'plain', 'md5$10$salt$hash', 's3cret', 'x'.repeat(1000)]) {
    expect(await secrets.verify('s3cret', stored, 'app')).toBe(false);
  }
});

test('the hash of a token is deterministic and differs between tokens', () => {
  expect(hashToken('token')).toBe(hashToken('token'));
  expect(hashToken('token')).toMatch(/^[0-9a-f]{64}$/);
  expect(hashToken('token')).not.toBe(hashToken('Token'));
});

test('random texts are long, safe in a URL and unique', () => {
  const texts = Array.from({ length: 1000 }, () => randomText());
  expect(new Set(texts).size).toBe(1000);
  for (const text of texts) expect(text).toMatch(/^[\w-]{22}$/);
  expect(randomText(32)).toMatch(/^[\w-]{43}$/);
});
