import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { closingLine } from './test/support/closing-line.ts';

/** Tests beside the sources that start a PostgreSQL server. */
const postgresTests = 'src/**/postgres*.test.ts';

export default defineConfig({
  test: {
    // Half of the processors, for many tests start processes of their own; two at least, so that waiting costs less.
    maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', closingLine()],
    projects: [
      {
        // `npm run test:unit`: without a build, a browser, or a PostgreSQL server.
        extends: true,
        test: { name: 'unit', include: ['src/**/*.test.ts', 'web/**/*.test.ts'], exclude: [postgresTests] },
      },
      { extends: true, test: { name: 'postgres', include: [postgresTests] } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts', 'bench/**/*.test.ts'],
          globalSetup: './test/support/built.ts',
        },
      },
    ],
  },
});
