/**
 * Whether a request target has a segment `.` or `..` in its path, or a backslash, in any spelling: `%2e` is a dot, `%2f`, `%5c` and `\` end a
 * segment. Clients resolve such segments before they send; who sends them wants different parts of a server, or a proxy in front of it, to see
 * different paths.
 */
export function hasDotSegment(target: string): boolean {
  const [path = ''] = target.split('?', 1);
  if (path.includes('\\')) return true;
  return path
    .replaceAll(/%2e/gi, '.')
    .split(/\/|%2f|%5c/i)
    .some((segment) => segment === '.' || segment === '..');
}
