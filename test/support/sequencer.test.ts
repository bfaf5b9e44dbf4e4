import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './pages.ts';
import { longFiles, longFirst } from './sequencer.ts';

test('the long files begin first in their project, and the others keep their order', () => {
  const file = (name: string, moduleId: string) => ({ project: { name }, moduleId: `/checkout/${moduleId}` });
  const [unit, large, long, small] = [
    file('unit', 'src/log.test.ts'),
    file('whole', 'test/cli/commands.test.ts'),
    file('whole', 'test/fuzz/fuzz.test.ts'),
    file('whole', 'test/cli/upload.test.ts'),
  ];
  expect(longFirst([unit, large, small, long])).toEqual([unit, long, large, small]);
});

test('the long files exist', () => {
  expect(longFiles.filter((name) => !existsSync(join(root, name)))).toEqual([]);
});
