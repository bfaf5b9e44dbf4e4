import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDay } from '../../store/engine/partitions.ts';
import { createReplaceableSeal, createSeal, type MessageKey, sameText } from './seal.ts';

const seal = createSeal('a secret of an installation');
const sentAt = Date.UTC(2026, 0, 1);
const key: MessageKey = { corpId: 1, robotId: 2, messageId: 3, sentAt };
const kinds = ['token', 'session', 'message'] as const;

const upTo = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
const anyKey = fc
  .record({ corpId: upTo(24), robotId: upTo(24), messageId: upTo(34), sentAt: upTo(48), daily: fc.boolean() })
  .map(({ daily, ...numbers }) =>
    daily ? { ...numbers, messageId: addDay(numbers.messageId, numbers.sentAt) } : numbers,
  );

/** All texts that differ from a sealed one in a single bit. */
function flipEachBit(text: string, encoding: 'base64' | 'hex'): string[] {
  const bytes = Buffer.from(text, encoding);
  return Array.from({ length: bytes.length * 8 }, (_, bit) => {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return changed.toString(encoding);
  });
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

describe("the id of an app's message to a group", () => {
  test('is msg and 40 characters of standard base64, and opens to what was sealed', () => {
    fc.assert(
      fc.property(anyKey, (numbers) => {
        const text = seal.sealChatMessage(numbers);
        expect(text).toMatch(/^msg[A-Za-z0-9+/]{40}$/);
        expect(seal.openChatMessage(text)).toEqual(numbers);
      }),
    );
  });

  test('is refused if any single bit is changed, with another secret, and as another sealed text', () => {
    const text = seal.sealChatMessage(key);
    const body = text.slice('msg'.length);
    expect(flipEachBit(body, 'base64').filter((one) => seal.openChatMessage(`msg${one}`))).toEqual([]);
    expect(createSeal('another secret').openChatMessage(text)).toBeUndefined();
    expect([body, seal.sealKey(key), '', 'msg'].map((one) => seal.openChatMessage(one))).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
    expect([seal.openKey(text), seal.openKey(body)]).toEqual([undefined, undefined]);
  });
});

describe('a cursor of readers', () => {
  const anyCursor = fc.record({ corpId: upTo(24), messageId: upTo(48), seq: upTo(48) });

  test('is 32 characters of standard base64 and opens to what was sealed', () => {
    fc.assert(
      fc.property(anyCursor, (cursor) => {
        const text = seal.sealReadCursor(cursor);
        expect(text).toMatch(/^[A-Za-z0-9+/]{32}$/);
        expect(seal.openReadCursor(text)).toEqual(cursor);
      }),
    );
  });

  test('is refused if any single bit is changed, with another secret, and as another sealed text', () => {
    const text = seal.sealReadCursor({ corpId: 1, messageId: 3, seq: 9 });
    expect(flipEachBit(text, 'base64').filter((other) => seal.openReadCursor(other) !== undefined)).toEqual([]);
    expect(createSeal('another secret').openReadCursor(text)).toBeUndefined();
    for (const other of ['', seal.sealKey(key), seal.sealPair('message', 1, 3)])
      expect(seal.openReadCursor(other)).toBeUndefined();
    const replaceable = createReplaceableSeal('a secret of an installation');
    expect(replaceable.openReadCursor(replaceable.sealReadCursor({ corpId: 1, messageId: 3, seq: 9 }))).toBeDefined();
    replaceable.replace('x');
    expect(replaceable.openReadCursor(text)).toBeUndefined();
  });
});

describe('a processQueryKey', () => {
  test('is 44 characters of standard base64 and opens to what was sealed', () => {
    fc.assert(
      fc.property(anyKey, (numbers) => {
        const text = seal.sealKey(numbers);
        expect(text).toMatch(/^[A-Za-z0-9+/]{43}=$/);
        expect(seal.openKey(text)).toEqual(numbers);
      }),
    );
  });

  test('is the same for the same numbers', () => {
    expect(seal.sealKey(key)).toBe(seal.sealKey({ ...key }));
  });

  test('is refused if any single bit is changed', () => {
    const texts = flipEachBit(seal.sealKey(key), 'base64');
    expect(texts).toHaveLength(256);
    expect(texts.filter((text) => seal.openKey(text) !== undefined)).toEqual([]);
  });

  test('is refused in every other spelling of the same bytes', () => {
    const numbers = Array.from({ length: 200 }, (_, i) => ({ ...key, messageId: i }));
    for (const text of numbers.map((each) => seal.sealKey(each))) {
      const body = text.slice(0, 42);
      const bytes = Buffer.from(text, 'base64');
      const others = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map(
        (last) => `${body}${last}=`,
      );
      const same = others.filter((other) => other !== text && Buffer.from(other, 'base64').equals(bytes));
      expect(same).toHaveLength(3);
      const spellings = [...same, bytes.toString('base64url').padEnd(44, '='), `${text.slice(0, 43)} `, `${body}==`];
      spellings.push(` ${text}`, `${text} `, `${text}=`, text.slice(0, 43), text.replaceAll('+', ' '));
      for (const other of spellings) if (other !== text) expect(seal.openKey(other), other).toBeUndefined();
    }
  });

  test('is refused if it was not sealed here', () => {
    const nothing = ['', 'x', 'A'.repeat(44), `${'A'.repeat(43)}=`, '曲'.repeat(44), '='.repeat(44), '\0'.repeat(44)];
    nothing.push('A'.repeat(10_000), '😀'.repeat(22), JSON.stringify(key));
    expect(nothing.filter((text) => seal.openKey(text) !== undefined)).toEqual([]);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        expect(seal.openKey(Buffer.from(bytes).toString('base64'))).toBeUndefined();
      }),
    );
  });

  test('shares no visible pattern with that of the next message', () => {
    const texts = Array.from({ length: 2000 }, (_, i) =>
      seal.sealKey({ ...key, messageId: i, sentAt: sentAt + i }),
    ).sort();
    const prefixes = texts.slice(1).map((text, i) => commonPrefix(text, texts[i] ?? ''));
    expect(Math.max(...prefixes)).toBeLessThan(7);
    const ends = texts.map((text) => [...text].reverse().slice(2).join('')).sort();
    const suffixes = ends.slice(1).map((text, i) => commonPrefix(text, ends[i] ?? ''));
    expect(Math.max(...suffixes)).toBeLessThan(7);
  });

  test('reveals no bit of what was sealed', () => {
    const count = 2000;
    const ones = Array.from({ length: 256 }, () => 0);
    for (let i = 0; i < count; i++) {
      const bytes = Buffer.from(seal.sealKey({ ...key, messageId: i }), 'base64');
      for (const bit of ones.keys()) ones[bit] = (ones[bit] ?? 0) + ((bytes.readUInt8(bit >> 3) >> (bit & 7)) & 1);
    }
    expect(Math.min(...ones)).toBeGreaterThan(count * 0.43);
    expect(Math.max(...ones)).toBeLessThan(count * 0.57);
  });

  test('cannot be combined from two others', () => {
    const [a, b] = [key, { ...key, messageId: 4 }].map((one) => Buffer.from(seal.sealKey(one), 'base64'));
    for (let cut = 1; cut < 32; cut++) {
      const mixed = Buffer.concat([a?.subarray(0, cut) ?? Buffer.alloc(0), b?.subarray(cut) ?? Buffer.alloc(0)]);
      expect(seal.openKey(mixed.toString('base64'))).toBeUndefined();
    }
  });

  test('is refused if it is from another installation', () => {
    expect(createSeal('another secret').openKey(seal.sealKey(key))).toBeUndefined();
    expect(createSeal('').openKey(seal.sealKey(key))).toBeUndefined();
  });

  test.each([
    { corpId: 2 ** 24 },
    { robotId: 2 ** 24 },
    { messageId: 2 ** 40 },
    { messageId: addDay(3, sentAt + 86_400_000) },
    { sentAt: 2 ** 48 },
    { messageId: -1 },
  ])('cannot be sealed from a number that does not fit: %o', (large) => {
    expect(() => seal.sealKey({ ...key, ...large })).toThrow(RangeError);
    expect(seal.openKey(seal.sealKey(key))).toEqual(key);
  });
});

describe('a sealed pair', () => {
  test('is 32 hexadecimal digits and opens to what was sealed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), upTo(24), upTo(34), (kind, corpId, id) => {
        const text = seal.sealPair(kind, corpId, id);
        expect(text).toMatch(/^[0-9a-f]{32}$/);
        expect(seal.openPair(kind, text)).toEqual({ corpId, id });
      }),
    );
  });

  test('of a message whose number contains its day has two more digits', () => {
    fc.assert(
      fc.property(upTo(24), fc.integer({ min: 2 ** 34, max: 2 ** 48 - 1 }), (corpId, id) => {
        const text = seal.sealPair('message', corpId, id);
        expect(text).toMatch(/^[0-9a-f]{34}$/);
        expect(seal.openPair('message', text)).toEqual({ corpId, id });
        expect(seal.openPair('session', text)).toBeUndefined();
      }),
    );
    const text = seal.sealPair('message', 1, 2 ** 40);
    expect(flipEachBit(text, 'hex').filter((other) => seal.openPair('message', other) !== undefined)).toEqual([]);
  });

  test.each(kinds)('of a %s is not accepted as any other kind', (kind) => {
    const text = seal.sealPair(kind, 1, 2);
    for (const other of kinds) if (other !== kind) expect(seal.openPair(other, text)).toBeUndefined();
    expect(new Set(kinds.map((each) => seal.sealPair(each, 1, 2))).size).toBe(3);
    expect(seal.openKey(text)).toBeUndefined();
  });

  test.each(kinds)('of a %s is refused if any single bit is changed, and in capitals', (kind) => {
    const text = seal.sealPair(kind, 1, 2);
    expect(flipEachBit(text, 'hex').filter((other) => seal.openPair(kind, other) !== undefined)).toEqual([]);
    for (const other of [text.toUpperCase(), `${text} `, text.slice(1), `${text.slice(0, 31)}g`, '', '0'.repeat(32)]) {
      expect(seal.openPair(kind, other)).toBeUndefined();
    }
  });
});

describe('a seal whose secret is replaced', () => {
  test('refuses texts sealed with another secret, until that secret is restored', () => {
    const changing = createReplaceableSeal('one');
    const sealed = { key: changing.sealKey(key), token: changing.sealPair('token', 1, 2) };
    changing.replace('two');
    expect([changing.current(), changing.openKey(sealed.key), changing.openPair('token', sealed.token)]).toEqual([
      'two',
      undefined,
      undefined,
    ]);
    changing.replace('one');
    expect(changing.openKey(sealed.key)).toEqual(key);
    expect(changing.openPair('token', sealed.token)).toEqual({ corpId: 1, id: 2 });
  });
});

test('texts are equal if every character is', () => {
  expect(sameText('', '')).toBe(true);
  expect(sameText('abc', 'abc')).toBe(true);
  for (const other of ['abd', 'ab', 'abcd', 'Abc', '']) expect(sameText('abc', other)).toBe(false);
});
