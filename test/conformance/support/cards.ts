import { randomUUID } from 'node:crypto';
import type { CardActionAnswer, InboxCard } from '../../../src/wire/own/cards.ts';
import type { CardCreateDeliverAnswer } from '../../../src/wire/vendor/cards.ts';
import type { Reply } from './harness.ts';
import { type Answering, connectTo, type Frame, requestTicket } from './stream-client.ts';
import { bearer, ok, tokenHeader, type World } from './world.ts';

/** The variables of a card with two buttons and a link. */
export const approval = {
  title: '请假申请',
  reason: '**三天**年假',
  sys_full_json_obj: JSON.stringify({
    msgButtons: [
      { text: '同意', id: 'agree', request: true, params: { level: 1 } },
      { text: '拒绝', id: 'reject', request: true, disabled: true },
      { text: '详情', url: 'https://example.com/1' },
      { text: '坏', url: 'javascript:alert(1)' },
    ],
  }),
};

/** Calls for tests of cards on a server. */
export function cardWorld(there: World) {
  const { call, emulate, server, signIn, tokenOf } = there;
  const headers = async (token?: string) => ({ [tokenHeader]: token ?? (await tokenOf()) });
  const ask = async (method: string, path: string, body: unknown, token?: string): Promise<Reply> =>
    call(method, path, { body, headers: await headers(token) });
  const post = (operation: string, body: unknown, token?: string) =>
    ask('POST', `/v1.0/card/instances${operation}`, body, token);
  /** Creates a card of everybody's content and delivers it, by default to alice. */
  const deliver = async (body: object = {}, token?: string) =>
    post('/createAndDeliver', { ...newCard(), openSpaceId: 'dtv1.card//IM_ROBOT.alice', ...models, ...body }, token);
  const read = async (userId: string, cardId: string) =>
    call('GET', `/inbox/v1/cards/${cardId}`, { headers: bearer(await signIn(userId)) });
  const click = async (userId: string, cardId: string, body: object = { actionId: 'agree' }) =>
    call('POST', `/inbox/v1/cards/${cardId}/actions`, { body, headers: bearer(await signIn(userId)) });
  return {
    ...there,
    ask,
    post,
    deliver,
    /** Delivers a card that must arrive; returns its outTrackId, its id in the inbox of alice, and the result. */
    delivered: async (body: object = {}, userId = 'alice') => {
      const { result } = ok(await deliver(body)) as unknown as CardCreateDeliverAnswer;
      const { messages } = await there.inboxOf(await signIn(userId));
      const cardId = messages.find(({ card }) => card)?.card?.cardId ?? '';
      const [first] = result.deliverResults;
      return { outTrackId: result.outTrackId, cardId, carrierId: first?.carrierId ?? '', message: messages[0] };
    },
    update: (body: object, token?: string) => ask('PUT', '/v1.0/card/instances', body, token),
    stream: (body: object, token?: string) =>
      ask('PUT', '/v1.0/card/streaming', { guid: randomUUID(), key: 'content', ...body }, token),
    register: (body: object, token?: string) => ask('POST', '/v1.0/card/callbacks/register', body, token),
    read,
    card: async (userId: string, cardId: string) => ok(await read(userId, cardId)) as unknown as InboxCard,
    click,
    clicked: async (userId: string, cardId: string, body?: object) =>
      ok(await click(userId, cardId, body)) as unknown as CardActionAnswer,
    /** Creates a group of alice and bob with robot-one. */
    group: async (given: object = {}) => {
      const group = { corpId: 'corp-one', title: '项目群', members: ['alice', 'bob'], robots: ['robot-one'] };
      return String((await emulate('POST', 'groups', { ...group, ...given })).openConversationId);
    },
    /** Listens as a program that answers clicks with what `answer` returns as `data`. */
    listen: async (answer: (clicked: unknown) => unknown) => {
      const answering: Answering = ({ headers: { messageId }, data }: Frame) => {
        const reply = answer(JSON.parse(data));
        if (reply === undefined) return undefined;
        const head = { contentType: 'application/json', messageId };
        return { code: 200, headers: head, message: 'OK', data: JSON.stringify(reply) };
      };
      return connectTo(await requestTicket(server), answering);
    },
  };
}

/** The deliver models of all places. */
export const models = {
  imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT', robotCode: 'robot-one' },
  imGroupOpenDeliverModel: { robotCode: 'robot-one' },
  imSingleOpenDeliverModel: { robotCode: 'robot-one' },
  topOpenDeliverModel: {},
};

/** The body of a card with a new outTrackId. */
export function newCard(more: object = {}) {
  return {
    cardTemplateId: 'any.schema',
    outTrackId: randomUUID(),
    cardData: { cardParamMap: approval },
    callbackType: 'STREAM',
    ...more,
  };
}
