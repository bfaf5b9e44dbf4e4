import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Small files whose tests take half a minute or more. Without the results of an earlier run Vitest begins with the
 * largest files, and a long one at the end leaves processors idle.
 */
export const longFiles = [
  'test/sdk/sdk.test.ts',
  'test/sdk/hard-coded.test.ts',
  'test/sdk/old-java.test.ts',
  'test/sdk/stream/stream.test.ts',
  'test/fixtures/fixtures.test.ts',
  'test/clients/clients.test.ts',
  'test/chaos/short.test.ts',
  'test/crash/crash.test.ts',
  'test/fuzz/fuzz.test.ts',
  'test/model/model.test.ts',
  'test/cluster/held-retention.test.ts',
  'test/cluster/lost-answers.test.ts',
  'test/cluster/cluster.test.ts',
  'test/cluster/clock-skew.test.ts',
  'test/upgrade/killed.test.ts',
  'test/upgrade/upgrade.test.ts',
  'test/upgrade/newer-schema.test.ts',
  'test/package/executable.test.ts',
  'test/conformance/server/document.test.ts',
  'test/conformance/server/resets.test.ts',
  'test/cli/admin-webhooks.test.ts',
  'test/repository/examples.test.ts',
  'test/e2e/docs.test.ts',
  'test/e2e/failures-chunk.test.ts',
  'test/e2e/failures-session.test.ts',
  'test/e2e/failures-start.test.ts',
  'test/e2e/console/address.test.ts',
  'test/e2e/console/compose.test.ts',
  'test/e2e/inbox/keyboard.test.ts',
  'bench/smoke.test.ts',
];

/** A file of a project. Workers are kept for the files of one project, so each project stays together. */
type File = { readonly project: { readonly name: string }; readonly moduleId: string };

/** Puts the long files of each project before its others. */
export function longFirst<F extends File>(files: readonly F[]): F[] {
  const isLong = ({ moduleId }: F) => longFiles.some((name) => moduleId.endsWith(`/${name}`));
  return [...Map.groupBy(files, ({ project }) => project.name).values()].flatMap((own) => [
    ...own.filter(isLong),
    ...own.filter((file) => !isLong(file)),
  ]);
}

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longFirst(await super.sort(files));
  }
}
