import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import { huizhiError } from '../../wire/errors.ts';
import { findHeader } from './headers.ts';

/**
 * Whether the Host header of a request names this server. It prevents DNS rebinding: a foreign page can point its own
 * host name at a loopback address, so that its requests look same-origin, but they carry that name in Host. Ports are
 * not compared. Requests without a Host header do not come from browsers and pass.
 */
export type HostCheck = (incoming: Pick<IncomingMessage, 'rawHeaders'>) => boolean;

/** @param names trusted host names or addresses, in addition to those of this machine's loopback interface */
export function createHostCheck(names: readonly string[]): HostCheck {
  const trusted = new Set(names.map(normalize));
  const isKnown = (name: string) => isLoopback(name) || trusted.has(name);
  // Nearly all requests have the same Host header, so the last valid one is not parsed again.
  let last: string | undefined;
  return ({ rawHeaders }) => {
    const host = findHeader(rawHeaders, 'host');
    if (host === undefined || host === last) return true;
    const isRight = isKnown(parseHostName(host));
    if (isRight) last = host;
    return isRight;
  };
}

/** The error for a request that a host check has refused. */
export function unknownHostError({ headers }: IncomingMessage): Error {
  const reason = `this server is not known as ${headers.host}; start it with --trusted-host if it is`;
  return huizhiError('huizhi.unknownHost', reason);
}

/** The name of a Host header, without its port. */
function parseHostName(host: string): string {
  return normalize(host.replace(/:\d*$/, ''));
}

function normalize(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

/** Names that browsers resolve to this machine alone (RFC 6761, 6.3), and its loopback addresses. */
function isLoopback(name: string): boolean {
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '::1' || (isIPv4(name) && name.startsWith('127.'))
  );
}
