import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clientPage } from '../../scripts/client-page.ts';

test('docs/reference/client.md is generated from the sources (npx node scripts/client-page.ts writes it)', () => {
  expect(readFileSync(new URL('../../docs/reference/client.md', import.meta.url), 'utf8')).toBe(clientPage());
});
