import { describe, expect, test } from 'vitest';
import { migrations } from '../migrations/index.ts';
import { copiedTables } from '../move/tables.ts';
import { must, type Open, opened, start, world } from './world.contract.ts';

export function describeProcesses(open: Open): void {
  describe('processes', () => {
    test('see each other’s heartbeats until one is removed from the list', async () => {
      const { processes } = (await opened(open)).store;
      await processes.join(1);
      await processes.join(2);
      expect(await processes.beat(1)).toEqual({
        counted: true,
        of: new Map([
          [1, 1],
          [2, 0],
        ]),
      });
      await processes.strike(2, 7);
      expect(await processes.beat(1)).toEqual({
        counted: true,
        of: new Map([
          [1, 2],
          [2, 0],
        ]),
      });
      await processes.strike(2, 0);
      expect(await processes.beat(2)).toEqual({ counted: false, of: new Map([[1, 2]]) });
    });

    test('take over messages of processes that are gone, each message once, and none of living processes', async () => {
      const { store } = await opened(open);
      const { send } = await world(store);
      await store.processes.join(2);
      await store.processes.join(3);
      await store.processes.join(1);
      const sent = [await send(), await send(), await send()].map(({ messageId }) => messageId);
      expect(await store.processes.claim(2, 9)).toEqual([]);
      await store.processes.strike(1);
      const [one, two] = await Promise.all([store.processes.claim(2, 2), store.processes.claim(3, 9)]);
      const rest = await store.processes.claim(3, 9);
      const taken = [...one, ...two, ...rest].map(({ messageId }) => messageId);
      expect(taken.toSorted((a, b) => a - b)).toEqual(sent);
      expect(await store.processes.claim(2, 9)).toEqual([]);
    });

    test('see from its version that the directory has changed, also after everything was replaced', async () => {
      const { store } = await opened(open);
      const { corpId, app } = await world(store);
      const versions = [(await store.directory()).version];
      const seen = async () => versions.push(await store.processes.directoryVersion());
      await store.putApp({ ...app, generation: 2 });
      await seen();
      await store.putAuthorization(corpId, app.id, null);
      await seen();
      await store.putAuthorization(corpId, app.id, start);
      await seen();
      await store.load(await store.dump());
      await seen();
      await store.clear();
      await seen();
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
      expect((await store.directory()).version).toBe(versions.at(-1));
    });
  });

  test('a move reads every table in the order of its primary key', () => {
    const scripts = Array.from({ length: migrations.latest }, (_, i) => migrations.script(i + 1)).join('\n');
    for (const { name, key, page } of copiedTables) {
      const made = must(new RegExp(`create table ${name} \\((.*?)primary key \\(([^)]*)\\)`, 's').exec(scripts));
      expect(page.text).toContain(`order by ${must(made[2])} limit`);
      expect(must(made[2]).split(', ')).toHaveLength(key);
    }
  });
}
