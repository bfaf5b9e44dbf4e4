/** The surface that serves a route, by the beginning of its path. */
const surfaces: readonly (readonly [start: RegExp, surface: string])[] = [
  [/^\/(?:v1\.0\/|connect$)/, 'vendor'],
  [/^\/inbox\b/, 'inbox'],
  [/^\/console\/v1\b/, 'console'],
  [/^\/emulator\b/, 'emulator'],
  [/^\/(?:healthz|readyz|metrics|openapi\.json)$/, 'operations'],
  [/^\/(?:$|console$|docs|assets|downloads)/, 'pages'],
  [/^\//, 'old-host'],
];

/** Returns the surface of the pattern of a route. */
export function surfaceOf(route: string): string {
  return surfaces.find(([start]) => start.test(route))?.[1] ?? 'unknown';
}
