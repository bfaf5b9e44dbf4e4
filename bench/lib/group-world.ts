import { openStore } from '../../src/store/open.ts';
import { corpId } from '../seed.ts';
import { call } from './api.ts';
import type { Polled } from './polled.ts';

/** A group of the users numbered from 1 to `members`, with the robot of the benchmark. */
export type Group = { readonly id: number; readonly openId: string; readonly members: number };

/** Creates groups of some sizes in a database that no server has open. */
export async function createGroups(database: string, sizes: readonly number[]): Promise<readonly Group[]> {
  const store = await openStore(database);
  try {
    const groups: Group[] = [];
    for (const members of sizes) {
      const id = await store.number('conversation');
      const openId = `cid${Buffer.alloc(16, id).toString('base64')}`;
      const named = {
        openId,
        chatId: null,
        isGroup: true,
        title: `${members}`,
        ownerId: 1,
        templateId: null,
        icon: null,
      };
      const conversation = { corpId, id, ...named, options: {}, createdAt: Date.now() };
      const userIds = Array.from({ length: members }, (_, i) => i + 1);
      await store.conversations.create({ conversation, userIds, robotIds: [1] });
      groups.push({ id, openId, members });
    }
    return groups;
  } finally {
    await store.close();
  }
}

/** Calls one of the `groupMessages` calls, and throws unless it succeeds. */
export async function callGroups(
  { url, headers }: Pick<Polled, 'url' | 'headers'>,
  verb: 'send' | 'query',
  body: object,
): Promise<{ readonly answer: Readonly<Record<string, unknown>>; readonly milliseconds: number }> {
  const { status, text, milliseconds } = await call(`${url}/v1.0/robot/groupMessages/${verb}`, headers, body);
  if (status !== 200) throw new Error(`groupMessages/${verb} answered ${status}: ${text}`);
  return { answer: JSON.parse(text) as Readonly<Record<string, unknown>>, milliseconds };
}
