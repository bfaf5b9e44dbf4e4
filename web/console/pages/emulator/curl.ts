import type { RequestRecord } from '../../../../src/client/answers.ts';
import { quoteForShell } from '../../parts/shell-line.ts';

/** Headers that curl sets itself, or that apply to one connection only. */
const omitted = new Set([
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
    quoteForShell(`${origin}${path}${parameters.size > 0 ? `?${parameters}` : ''}`),
  ];
  for (const [name, value] of pairsOf(headers))
    if (!omitted.has(name.toLowerCase())) parts.push('-H', quoteForShell(`${name}: ${value}`));
  if (body !== null && body !== undefined)
    parts.push('--data-raw', quoteForShell(typeof body === 'string' ? body : JSON.stringify(body)));
  return parts.join(' ');
}

function pairsOf(record: RequestRecord['query']): [string, string][] {
  return Object.entries(record).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
}
