/** Returns 128 random bits as hex. Not `crypto.randomUUID`, which browsers have in secure contexts only. */
export function createRandomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
