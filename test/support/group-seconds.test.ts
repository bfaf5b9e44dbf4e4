import { expect, test } from 'vitest';
import { groupLines } from './group-seconds.ts';

test('seconds are added up by folder, and by the first word of the name for files beside the folders', () => {
  const files = [
    { file: 'src/store/memory/cache.test.ts', milliseconds: 1000 },
    { file: 'src/log.test.ts', milliseconds: 500 },
    { file: 'test/conformance/vendor/recall.test.ts', milliseconds: 20_000 },
    { file: 'test/sdk/node/newest.test.ts', milliseconds: 2000 },
    { file: 'test/cli/commands.test.ts', milliseconds: 3000 },
    { file: 'test/cli/doctor.test.ts', milliseconds: 4000 },
    { file: 'bench/smoke.test.ts', milliseconds: 100 },
  ];
  expect(groupLines(files)).toEqual([
    '  conformance       20.0 s  1 files',
    '  cli                7.0 s  2 files',
    '  sdk                2.0 s  1 files',
    '  unit               1.5 s  2 files',
    '  bench              0.1 s  1 files',
  ]);
});
