import type { GroupAnswer } from '../../../src/wire/own/emulator.ts';
import type { GroupQueryAnswer } from '../../../src/wire/vendor/groups.ts';
import type { Fields, Server } from './harness.ts';
import { ok, tokenHeader, world } from './world.ts';

export const groupPath = '/v1.0/robot/groupMessages';
export const privatePath = '/v1.0/robot/privateChatMessages';

/** A conversation to create; by default a group of alice, bob and carol with robot-one in corp-one. */
export type GroupSpec = {
  readonly kind?: 'group' | 'private';
  readonly corpId?: string;
  readonly title?: string;
  readonly userIds?: readonly string[];
  readonly robotCodes?: readonly string[];
};

/** Calls that people make about conversations. If a call must succeed, that is checked here. */
export function groupWorld(server: Server) {
  const w = world(server);
  /** Makes a call for a conversation. The body's robotCode is robot-one unless it is given. */
  const ask = async (path: string, body: object, token?: string, extra: Readonly<Record<string, string>> = {}) => {
    const headers = { [tokenHeader]: token ?? (await w.tokenOf()), ...extra };
    return w.call('POST', path, { body: { robotCode: 'robot-one', ...body }, headers });
  };
  const sendTo = async (openConversationId: unknown, body: object = {}, path = `${groupPath}/send`) =>
    ask(path, { openConversationId, msgKey: 'sampleText', msgParam: '{"content":"hello"}', ...body });
  return {
    ...w,
    ask,
    /** Creates a conversation, and returns its ids. */
    group: async (spec: GroupSpec = {}) => {
      const { userIds: members = ['alice', 'bob', 'carol'], robotCodes: robots = ['robot-one'], ...more } = spec;
      const body = { members, robots, ...more };
      return (await w.emulate('POST', 'groups', body)) as GroupAnswer;
    },
    sendTo,
    /** Sends to a conversation, and returns the processQueryKey. */
    sentTo: async (openConversationId: string, body: object = {}, path?: string): Promise<string> =>
      String(ok(await sendTo(openConversationId, body, path)).processQueryKey),
    query: async (body: object, path = `${groupPath}/query`, token?: string) => ask(path, body, token),
    /** A page of the readers of a message. */
    readers: async (openConversationId: string, processQueryKey: string, more: object = {}, path?: string) =>
      ok(await ask(path ?? `${groupPath}/query`, { openConversationId, processQueryKey, ...more })) as GroupQueryAnswer,
    /** Recalls messages of a conversation, and returns the response. */
    recallFrom: async (openConversationId: string, processQueryKeys: unknown, path = `${groupPath}/recall`) =>
      ok(await ask(path, { openConversationId, processQueryKeys, chatbotId: 'robot-one' })) as Fields,
    /** Marks a message read by members, in this order. */
    readBy: async (processQueryKey: string, ...userIds: string[]) => {
      for (const userId of userIds) await w.emulate('POST', 'reads', { processQueryKey, userIds: [userId] });
    },
  };
}
