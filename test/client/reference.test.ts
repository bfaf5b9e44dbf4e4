import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chineseClientPage, clientPage } from '../../scripts/client-page.ts';

test.each([
  ['docs/reference/client.md', clientPage],
  ['docs/zh/reference/client.md', chineseClientPage],
])('%s is generated from the sources (npx node scripts/client-page.ts writes it)', (path, written) => {
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(written());
});
