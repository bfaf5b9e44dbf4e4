/** The number of characters of a masked value that are shown. */
const shown = 4;

/** Values up to this length are not masked, because no secret is that short. */
const shortest = 6;

/**
 * Masks an unknown value from a token call, for logs. It may be a secret in the wrong field, so only its first
 * characters and its length are shown. That is enough to tell an appKey from a secret.
 */
export function maskUnknown(value: string): string {
  const characters = [...value];
  if (characters.length <= shortest) return value;
  return `${characters.slice(0, shown).join('')}… (${characters.length} characters)`;
}

const tokenPath = /^(\/(?:v1\.0\/oauth2|gettoken)\/)(.*)$/i;

const downloadPath = '/downloads/';

const knownSegments = new Set(['accessToken', 'corpAccessToken', 'token']);

/** Masks the variable segments of the path of a token call or of a download, for logs. Other paths are returned unchanged. */
export function maskTokenPath(path: string): string {
  if (path.startsWith(downloadPath)) return downloadPath + maskUnknown(path.slice(downloadPath.length));
  const [, start, rest = ''] = tokenPath.exec(path) ?? [];
  if (start === undefined) return path;
  const mask = (segment: string) => (knownSegments.has(segment) ? segment : maskUnknown(segment));
  return start + rest.split('/').map(mask).join('/');
}
