const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const alphabet = `${letters}${letters.toLowerCase()}0123456789`;

/** The letters and digits of base64 whose last two bits are 0: some libraries accept no other at the end of 32 bytes. */
const lastAlphabet = 'AEIMQUYcgkosw048';

const keyLength = 43;

/** Generates an AES key: 43 random letters and digits, the base64 of 32 bytes without its `=`. */
export function generateAesKey(): string {
  const all = Array.from({ length: keyLength - 1 }, () => pick(alphabet));
  return [...all, pick(lastAlphabet)].join('');
}

/** Picks a character of a text of at most 256 with equal probability. */
function pick(text: string): string {
  const limit = 256 - (256 % text.length);
  for (;;) {
    const [byte = limit] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < limit) return text.charAt(byte % text.length);
  }
}
