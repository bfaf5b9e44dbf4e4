import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { huizhiError, type WireError } from '../../../wire/errors.ts';
import { isSameName } from '../headers.ts';

/**
 * Prevents request smuggling: refuses what node's parser accepts but a proxy in front of this server could parse
 * differently. Checks the version, the target, the Host header (RFC 9112, 3.2) and the transfer coding (6.1). Returns
 * the error, or else whether the body is chunked. Runs for every request, so it reads `rawHeaders` instead of building
 * an object.
 */
export function checkFraming({
  httpVersion,
  method,
  url = '',
  rawHeaders,
}: Pick<IncomingMessage, 'httpVersion' | 'method' | 'url' | 'rawHeaders'>): WireError | boolean {
  let host: string | undefined;
  let coding: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length === 4 && isSameName(name, 'host')) {
      if (host !== undefined) return huizhiError('huizhi.badRequest', 'the request has two Host headers');
      host = rawHeaders[i + 1] ?? '';
    } else if (name.length === 17 && isSameName(name, 'transfer-encoding')) {
      if (coding !== undefined)
        return huizhiError('huizhi.badRequest', 'the request has two Transfer-Encoding headers');
      coding = rawHeaders[i + 1] ?? '';
    }
  }
  return (
    versionError(httpVersion, host) ??
    (host === undefined ? undefined : hostError(host)) ??
    targetError(method, url, host) ??
    (coding === undefined ? false : (codingError(httpVersion, coding) ?? true))
  );
}

function versionError(version: string, host: string | undefined): WireError | undefined {
  // HTTP/1.0 does not require a Host header.
  if (version === '1.1')
    return host === undefined ? huizhiError('huizhi.badRequest', 'the request has no Host header') : undefined;
  return version === '1.0'
    ? undefined
    : huizhiError('huizhi.badRequest', `HTTP/${version} is neither HTTP/1.0 nor HTTP/1.1`);
}

/** The last valid Host header. The next request almost always has the same one, so it is not parsed again. */
let lastHost = '';

function hostError(host: string): WireError | undefined {
  if (host === lastHost && host !== '') return undefined;
  if (!isAuthority(host)) return huizhiError('huizhi.badRequest', 'the Host header is not a host');
  lastHost = host;
  return undefined;
}

/** Whether a text is a host name or an address, with or without a port (RFC 3986, 3.2.2), and not empty. */
function isAuthority(text: string): boolean {
  const [, address, name] = /^(?:\[([^\]]*)\]|((?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})+))(?::\d{0,5})?$/i.exec(text) ?? [];
  return name !== undefined || (address !== undefined && isIPv6(address));
}

/**
 * Returns an error unless the target is a path, an absolute URL on the same host (RFC 9112, 3.2.2), or `*` for OPTIONS.
 */
function targetError(method: string | undefined, url: string, host: string | undefined): WireError | undefined {
  if (url.includes('#')) return huizhiError('huizhi.badRequest', 'the request target has a fragment');
  if (url.startsWith('/') || (url === '*' && method === 'OPTIONS')) return undefined;
  const authority = /^https?:\/\/([^/?]*)/i.exec(url)?.[1];
  if (authority === undefined || !isAuthority(authority))
    return huizhiError('huizhi.badRequest', 'the request target is not a path');
  if (host === undefined || withoutDefaultPort(authority) === withoutDefaultPort(host)) return undefined;
  return huizhiError('huizhi.badRequest', 'the request target and the Host header name two hosts');
}

const withoutDefaultPort = (authority: string) => authority.toLowerCase().replace(/:(?:80|443)?$/, '');

function codingError(version: string, coding: string): WireError | undefined {
  if (version === '1.0') return huizhiError('huizhi.badRequest', 'HTTP/1.0 has no Transfer-Encoding');
  const [last, ...before] = coding
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
    .reverse();
  if (last !== 'chunked' || before.includes('chunked'))
    return huizhiError('huizhi.badRequest', 'the Transfer-Encoding is not valid');
  if (before.length === 0) return undefined;
  const reason = `the Transfer-Encoding ${coding.slice(0, 100)}`;
  return huizhiError('huizhi.notImplemented', reason);
}
