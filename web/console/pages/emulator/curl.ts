import type { RequestRecord } from '../../../../src/client/answers.ts';
import { quoted } from '../../parts/shell-line.ts';

/** Headers that curl sets itself, or that apply to one connection only. */
const left = new Set([
  'host',
  'connection',
  'content-length',
  'accept-encoding',
  'user-agent',
  'accept',
  'transfer-encoding',
  'keep-alive',
]);

/** A recorded request as a curl command, including its access token, because nothing is secret in `dev`. */
export function curlOf({ method, path, query, headers, body }: RequestRecord, origin: string): string {
  const parameters = new URLSearchParams(pairsOf(query));
  const parts = [
    'curl',
    ...(method === 'GET' ? [] : ['-X', method]),
    quoted(`${origin}${path}${parameters.size > 0 ? `?${parameters}` : ''}`),
  ];
  for (const [name, value] of pairsOf(headers))
    if (!left.has(name.toLowerCase())) parts.push('-H', quoted(`${name}: ${value}`));
  if (body !== null && body !== undefined)
    parts.push('--data-raw', quoted(typeof body === 'string' ? body : JSON.stringify(body)));
  return parts.join(' ');
}

function pairsOf(record: RequestRecord['query']): [string, string][] {
  return Object.entries(record).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
}
