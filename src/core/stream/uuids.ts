import type { RandomBytes } from '../access/random.ts';

/** Creates the UUID of an app: version 4, from 16 random bytes. */
export function createAppUuid(bytes: RandomBytes): string {
  const random = Buffer.from(bytes(16));
  random[6] = ((random[6] ?? 0) & 0x0f) | 0x40;
  random[8] = ((random[8] ?? 0) & 0x3f) | 0x80;
  return renderUuid(random);
}

/** Intervals of 100 ns between the beginnings of the Gregorian calendar and of epoch time (RFC 9562, 5.1). */
const gregorian = 122_192_928_000_000_000n;

/**
 * Creates a ticket: a UUID of version 1, as the vendor's tickets are. Its time is that of the call, in milliseconds; the
 * rest of the time, the clock sequence and the node are random for each ticket, because a real node could be guessed.
 */
export function createTicketUuid(bytes: RandomBytes, at: number): string {
  const random = Buffer.from(bytes(12));
  const time = BigInt(Math.trunc(at)) * 10_000n + BigInt(random.readUInt16BE(0) % 10_000) + gregorian;
  const ticket = Buffer.alloc(16);
  ticket.writeUInt32BE(Number(time & 0xffff_ffffn), 0);
  ticket.writeUInt16BE(Number((time >> 32n) & 0xffffn), 4);
  ticket.writeUInt16BE(Number((time >> 48n) & 0x0fffn) | 0x1000, 6);
  ticket.writeUInt16BE((random.readUInt16BE(2) & 0x3fff) | 0x8000, 8);
  random.copy(ticket, 10, 4, 10);
  // The multicast bit: no network interface has such an address.
  ticket[10] = (ticket[10] ?? 0) | 0x01;
  return renderUuid(ticket);
}

function renderUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
