import { checkSetup } from '../config/file-checks.ts';
import { setupShape } from '../config/file-shape.ts';
import type { Setup } from '../config/setup.ts';

/** Validates a setup by the rules of a configuration file. Throws a TypeError that lists all problems. */
export function parseSetup(setup: Setup): Setup {
  const parsed = setupShape.safeParse(setup);
  const findings = parsed.success
    ? checkSetup(parsed.data)
    : parsed.error.issues.map(({ path, message }) => ({ path, what: message }));
  if (!parsed.success || findings.length > 0)
    throw new TypeError(findings.map(({ path, what }) => `setup.${path.join('.')}: ${what}`).join('\n'));
  return parsed.data;
}
