import { expect, onTestFinished } from 'vitest';
import type { TestServer } from '../../../src/store/contract/postgres.contract.ts';
import { loud, type Server, testServer } from '../../conformance/support/harness.ts';

/**
 * Starts two emulators on a new database, for one test. After it, their logs must contain nothing that an operator would
 * not expect.
 */
export async function startTwoOn<W>(
  postgres: TestServer,
  worldOf: (server: Server) => W,
  options: Parameters<typeof testServer>[0] = {},
): Promise<readonly [one: W, other: W]> {
  const database = await postgres.create('migrated');
  onTestFinished(() => postgres.drop(database));
  const servers = [await testServer({ ...options, database }), await testServer({ ...options, database })] as const;
  onTestFinished(() => {
    for (const { log } of servers) expect(loud(log)).toEqual([]);
  });
  return [worldOf(servers[0]), worldOf(servers[1])];
}
