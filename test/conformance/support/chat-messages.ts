import { groupWorld } from './group-management.ts';
import type { Fields, Server } from './harness.ts';
import { ok, sendPath, tokenHeader } from './world.ts';

/** The fields of a text message. */
export const chatMessage = (content: string) => ({ msg: { msgtype: 'text', text: { content } } });

/** Messages that are refused: what is wrong, the fields of the call, and the errcode. */
export const wrongMessages: readonly (readonly [what: string, body: Fields, errcode: number])[] = [
  ['no message', {}, 34004],
  ['no msgtype', { msg: { text: { content: 'x' } } }, 34004],
  ['an unknown msgtype', { msg: { msgtype: 'poem', poem: {} } }, 34004],
  ['the msgtype of a prototype', { msg: { msgtype: 'constructor', constructor: {} } }, 34004],
  ['no object of the msgtype', { msg: { msgtype: 'text' } }, 34014],
  ['a flat message without its object', { msgtype: 'text' }, 34014],
  ['a blank text', chatMessage(' '), 34014],
  ['an image without media_id', { msg: { msgtype: 'image', image: {} } }, 34014],
  ['over 2,048 bytes', chatMessage('字'.repeat(700)), 34016],
  ['msg that is no object', { msg: 'x' }, 41],
];

/** Calls that apps make for messages to groups of a server. */
export function chatWorld(server: Server) {
  const w = groupWorld(server);
  /** Creates a group of alice and bob, unless other fields are given; returns its ids. */
  const chat = async (given: Fields = {}) =>
    (await w.old('/chat/create', { name: '旧群', owner: 'alice', useridlist: ['alice', 'bob'], ...given })) as {
      chatid: string;
      openConversationId: string;
    };
  /** Calls `/chat/send` as an app, by default app-one. */
  const send = async (body: Fields, token?: string, headers: Readonly<Record<string, string>> = {}): Promise<Fields> =>
    ok(await w.call('POST', '/chat/send', { query: { access_token: token ?? (await w.tokenOf()) }, body, headers }));
  return {
    ...w,
    chat,
    send,
    /** Sends a text, and returns the messageId. */
    sent: async (chatid: string, content: string, token?: string): Promise<string> => {
      const answer = await send({ chatid, ...chatMessage(content) }, token);
      if (typeof answer.messageId !== 'string') throw new TypeError(`no messageId in ${JSON.stringify(answer)}`);
      return answer.messageId;
    },
    readList: async (query: Fields, token?: string): Promise<Fields> => {
      const given = Object.entries(query).filter(([, value]) => value !== undefined);
      const texts = Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
      return w.old('/chat/getReadList', texts, token, 'GET');
    },
    /** The chatid of a group of corp-two. */
    foreignChat: async (): Promise<string> => {
      const body = { name: '群', owner: 'mallory', useridlist: ['mallory'] };
      return String((await w.old('/chat/create', body, await w.tokenOf('app-two'))).chatid);
    },
    /** The processQueryKey of a message of robot-one. */
    robotKey: async (): Promise<string> => {
      const headers = { [tokenHeader]: await w.tokenOf() };
      const body = { robotCode: 'robot-one', userIds: ['alice'], msgKey: 'sampleText', msgParam: '{"content":"x"}' };
      return String(ok(await w.call('POST', sendPath, { headers, body })).processQueryKey);
    },
  };
}
