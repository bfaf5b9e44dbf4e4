import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { closingLine } from './test/support/closing-line.ts';
import { isLong } from './test/support/long.ts';
import { LongFirst } from './test/support/sequencer.ts';

/** Tests beside the sources that start a PostgreSQL server. */
const postgresTests = 'src/**/postgres*.test.ts';

const conformance = 'test/conformance/**/*.test.ts';
const sdkNode = 'test/sdk/node/*.test.ts';
const rawSdk = 'test/sdk/raw/**/*.test.ts';

/** What the fast path has a part in: the calls that it serves, and what holds for every connection. */
const fastPathConformance =
  'test/conformance/{vendor/{read-status,batch-send,recall},server/{host-check,logs,operations,sockets,tls,unknown-input}}.test.ts';

/** A server in HUIZHI_TEST_DATABASE may be a Citus cluster, where the first test distributes all tables of a template. */
const patience = process.env.HUIZHI_TEST_DATABASE === undefined ? 60_000 : 240_000;

export default defineConfig({
  test: {
    // A process runs one file after another with the same modules: loading them for each file took a third of the time.
    isolate: false,
    // Half of the processors, for many tests start processes of their own; five at least, because a test spends more than
    // half of its time waiting for others, so that three leave a third of two processors idle.
    maxWorkers: Math.max(5, Math.floor(availableParallelism() / 2)),
    sequence: { sequencer: LongFirst },
    testTimeout: patience,
    hookTimeout: patience,
    // The default of one second is too short for a busy machine.
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', closingLine()],
    // Programs for Java run for seconds: its optimizing compiler would cost more than they do.
    env: { JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' },
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
          exclude: [sdkNode, '**/node_modules/**'],
          globalSetup: './test/support/built.ts',
        },
      },
      {
        // Each file replaces the SDK by another version.
        extends: true,
        test: { name: 'isolated', isolate: true, include: [sdkNode], globalSetup: './test/support/built.ts' },
      },
      {
        // Without the fast path, which all other tests use.
        extends: true,
        test: {
          name: 'node-http',
          include: isLong ? [conformance, rawSdk] : [fastPathConformance, rawSdk],
          env: { HUIZHI_NO_FAST_PATH: 'true' },
          globalSetup: './test/support/built.ts',
        },
      },
    ],
  },
});
