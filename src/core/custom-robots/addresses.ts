import { BlockList, isIP } from 'node:net';

/** Whether an address is in one of the ranges. An IPv4 address may be written as an IPv6 one. */
export function isInRanges(ranges: readonly string[], address: string): boolean {
  const plain = toPlainAddress(address);
  const family = isIP(plain);
  if (family === 0) return false;
  const list = new BlockList();
  for (const range of ranges) {
    const [start = '', prefix] = range.split('/');
    const kind = isIP(start) === 4 ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(start, kind);
    else list.addSubnet(start, Number(prefix), kind);
  }
  return list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Returns the address of a caller. Behind a proxy that the operator trusts, it is the last one in `X-Forwarded-For` that
 * is not such a proxy: callers can put any addresses in front of it.
 */
export function findCallerAddress(
  socketAddress: string,
  forwardedFor: string | undefined,
  trustedProxies: readonly string[],
): string {
  let address = toPlainAddress(socketAddress);
  const chain = (forwardedFor ?? '').split(',').map((one) => one.trim());
  while (isTrustedProxy(address, trustedProxies)) {
    const before = chain.pop();
    if (before === undefined || isIP(before) === 0) break;
    address = toPlainAddress(before);
  }
  return address;
}

/** Whether the address of a socket is that of a proxy that the operator trusts. */
export function isTrustedProxy(socketAddress: string, trustedProxies: readonly string[]): boolean {
  return trustedProxies.length > 0 && isInRanges(trustedProxies, toPlainAddress(socketAddress));
}

const toPlainAddress = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '');
