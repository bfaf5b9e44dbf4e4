import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clientPage } from '../../scripts/client-page.ts';

test('docs/reference/client.md is what the sources say (npx node scripts/client-page.ts rewrites it)', () => {
  expect(readFileSync(new URL('../../docs/reference/client.md', import.meta.url), 'utf8')).toBe(clientPage());
});
