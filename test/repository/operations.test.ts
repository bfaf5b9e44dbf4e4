import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createOpenapi } from '../../src/wire/openapi/document.ts';

const page = readFileSync(join(import.meta.dirname, '../../COMPATIBILITY.md'), 'utf8');

test('COMPATIBILITY.md counts the operations of the robot module, and names those that are missing', () => {
  const { paths } = createOpenapi('0') as { paths: Readonly<Record<string, object>> };
  const served = Object.keys(paths).filter((path) => path.startsWith('/v1.0/robot/'));
  const [, count, all, missing = ''] =
    /huizhi serves (\d+) of the (\d+); ([\s\S]*?) (?:is|are) missing/.exec(page) ?? [];
  const names = [...missing.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  expect(served).toHaveLength(Number(count));
  expect(names).toHaveLength(Number(all) - Number(count));
  for (const name of names) expect(served).not.toContain(`/v1.0/robot/${name}`);
});
