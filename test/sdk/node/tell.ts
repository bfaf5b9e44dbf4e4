import { AssertionError } from 'node:assert';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Huizhi, startHuizhi } from '../huizhi.ts';
import { isFor } from '../only.ts';
import { play, table } from './story.ts';

/** Runs every case of the table for this SDK with `@alicloud/dingtalk` as the test file resolves it, against a separate huizhi. */
export function tellStory(version: string): void {
  describe(`@alicloud/dingtalk ${version}`, () => {
    let huizhi: Huizhi;

    beforeAll(async () => {
      huizhi = await startHuizhi();
      process.env.HUIZHI = huizhi.endpoint;
    });
    afterAll(() => huizhi.stop());

    for (const each of table.cases.filter((one) => isFor(one, `Node ${version}`))) {
      test(each.id, async () => {
        const played = play(each, huizhi.endpoint);
        await (each.mustFail ? expect(played).rejects.toThrow(AssertionError) : played);
      });
    }
  });
}
