/**
 * Whether the path of a request target contains a segment `.` or `..`, or a backslash, also percent-encoded: `%2e` is a
 * dot, and `%2f`, `%5c` and `\` end a segment. Ordinary clients resolve such segments before they send a request; the
 * rest is an attempt to make this server, or a proxy in front of it, see a different path.
 */
export function hasDotSegment(target: string): boolean {
  const [path = ''] = target.split('?', 1);
  if (path.includes('\\')) return true;
  return path
    .replaceAll(/%2e/gi, '.')
    .split(/\/|%2f|%5c/i)
    .some((segment) => segment === '.' || segment === '..');
}
