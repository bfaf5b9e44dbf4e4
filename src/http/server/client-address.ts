import { findCallerAddress, isTrustedProxy } from '../../core/custom-robots/addresses.ts';
import type { Call } from './call.ts';

/**
 * Returns the address of the client of a call; behind a proxy that the operator trusts, the one that X-Forwarded-For
 * names. Some proxies add a line of their own after that of the client, so all lines are read, not the first one alone.
 */
export function findClientAddress(
  { address, headers }: Pick<Call, 'address' | 'headers'>,
  trustedProxies: readonly string[],
): string {
  if (!isTrustedProxy(address, trustedProxies)) return address;
  return findCallerAddress(address, String(headers()['x-forwarded-for'] ?? ''), trustedProxies);
}
