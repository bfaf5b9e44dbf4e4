import { BlockList, isIP } from 'node:net';
import { isInRanges } from '../custom-robots/addresses.ts';

/**
 * Addresses that no callback may reach, whatever the options say: "this" network, link-local addresses, metadata services
 * of clouds, multicast, reserved and broadcast addresses.
 */
const forbiddenRanges = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::',
  'fe80::/10',
  'fd00:ec2::254',
  'ff00::/8',
];

/** Loopback, private and other addresses that are not reachable over the internet: only if an option allows them. */
export const internalRanges = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '::1',
  'fc00::/7',
  'fec0::/10',
  '2001:db8::/32',
  '64:ff9b:1::/48',
] as const;

let lists: { readonly forbidden: BlockList; readonly internal: BlockList } | undefined;

/** Returns both lists. They are created when an address is first checked, because that takes 2 ms. */
function getLists() {
  lists ??= { forbidden: createRanges(forbiddenRanges), internal: createRanges(internalRanges) };
  return lists;
}

function createRanges(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = toFamily(address);
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/**
 * Returns whether a callback may connect to an IP address. An IPv4 address inside an IPv6 one (mapped, compatible, NAT64,
 * 6to4) is checked, too.
 *
 * @param allowed ranges of `internalRanges` that are allowed, such as `127.0.0.0/8`
 */
export function isAllowedAddress(address: string, allowed: readonly string[]): boolean {
  // Without a zone, as in fe80::1%eth0: it is not part of the number.
  const [plain = ''] = address.split('%');
  if (isIP(plain) === 0) return false;
  const target = findInnerIpv4(plain) ?? plain;
  const family = toFamily(target);
  const { forbidden, internal } = getLists();
  if (forbidden.check(target, family)) return false;
  return !internal.check(target, family) || isInRanges(allowed, target);
}

function toFamily(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

/** Returns the IPv4 address that an IPv6 address leads to, if it has one of the forms that contain one. */
function findInnerIpv4(address: string): string | undefined {
  const words = toWords(address);
  const at = (index: number) => words[index] ?? 0;
  const isZero = (from: number, to: number) => words.slice(from, to).every((word) => word === 0);
  if (words.length === 0) return undefined;
  if (at(0) === 0x2002) return toIpv4(at(1), at(2));
  const isMapped = isZero(0, 5) && at(5) === 0xffff;
  const isTranslated = isZero(0, 4) && at(4) === 0xffff && at(5) === 0;
  const isCompatible = isZero(0, 6) && (at(6) > 0 || at(7) > 1);
  const isNat64 = at(0) === 0x64 && at(1) === 0xff9b && isZero(2, 6);
  return isMapped || isTranslated || isCompatible || isNat64 ? toIpv4(at(6), at(7)) : undefined;
}

const toIpv4 = (high: number, low: number) => [high >> 8, high & 255, low >> 8, low & 255].join('.');

/** Returns the eight words of an IPv6 address; none for an IPv4 address. */
function toWords(address: string): readonly number[] {
  if (isIP(address) !== 6) return [];
  // The URL parser writes dotted parts in hexadecimal.
  const text = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)));
  const [first, last] = [parse(head), parse(tail ?? '')];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}
