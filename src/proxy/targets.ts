/** Where the proxy of a run lets a program connect to. */
import { isVendorHost } from '../wire/vendor/hosts.ts';

/** A host name or address without brackets, and a port. */
export type HostPort = { readonly host: string; readonly port: number };

/** `vendor`: huizhi answers instead. `direct`: the named server. `refused`: nothing is connected. */
export type Route = 'vendor' | 'direct' | 'refused';

const webPorts = [80, 443];

/**
 * Creates the rule for all connections of a program. Ports 80 and 443 of the vendor's hosts lead to huizhi. Directly
 * reached are `own` (the huizhi itself), and the hosts of the list: `example.com`, `*.example.com` for all names below
 * it, or `*` for every host, each with its web ports only, unless a port follows, as in `example.com:8443`.
 */
export function createRoutes(allowed: readonly string[], own: HostPort): (target: HostPort) => Route {
  const rules = allowed.map(parseRule);
  return ({ host, port }) => {
    const name = normalize(host);
    if (isVendorHost(name)) return webPorts.includes(port) ? 'vendor' : 'refused';
    if (name === normalize(own.host) && port === own.port) return 'direct';
    return rules.some((matches) => matches(name, port)) ? 'direct' : 'refused';
  };
}

function parseRule(text: string): (name: string, port: number) => boolean {
  const { host, port } = parseHostPort(text) ?? { host: text, port: undefined };
  const pattern = normalize(host);
  const isPort = (one: number) => (port === undefined ? webPorts.includes(one) : one === port);
  if (pattern === '*') return (_, one) => isPort(one);
  if (pattern.startsWith('*.')) return (name, one) => name.endsWith(pattern.slice(1)) && isPort(one);
  return (name, one) => name === pattern && isPort(one);
}

/** Parses `host:port` or `[address]:port`, as CONNECT has it; undefined for anything else. */
export function parseHostPort(text: string): HostPort | undefined {
  const [, bracketed, plain, digits = ''] = /^(?:\[([\da-f:.]+)\]|([^:/?#@\s[\]]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

/** Returns host and port of a URL; undefined for a scheme that is neither of the web nor has a port. */
export function readHostPort({ protocol, hostname, port }: URL): HostPort | undefined {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (port !== '') return { host, port: Number(port) };
  const preset = { 'http:': 80, 'ws:': 80, 'https:': 443, 'wss:': 443 }[protocol];
  return preset === undefined ? undefined : { host, port: preset };
}

const normalize = (name: string) => name.toLowerCase().replace(/\.$/, '');
