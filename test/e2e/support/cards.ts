/** A program that shows interactive cards and hears clicks on them. */
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Fields, Server } from '../../conformance/support/harness.ts';
import { appSecrets } from '../../conformance/support/setup.ts';
import { ok, tokenHeader } from '../../conformance/support/world.ts';

type Params = Readonly<Record<string, string>>;
type Given = { readonly server: Server; tokenOf(): Promise<string> };

/** A click as the program gets it. */
export type Clicked = Fields & { readonly outTrackId: string; readonly userId: string; readonly content: string };

const topic = '/v1.0/card/instances/callback';

export function cardDesk({ server, tokenOf }: Given) {
  let count = 0;
  const ask = async (method: string, path: string, body: object): Promise<Fields> =>
    ok(await server.call(method, `/v1.0/card/${path}`, { body, headers: { [tokenHeader]: await tokenOf() } }));
  return {
    /** Creates a card of robot-one and shows it to a user. Returns its outTrackId and the key of its receipt. */
    async shown(userId: string, cardParamMap: Params, more: object = {}) {
      count += 1;
      const outTrackId = `track-${count}`;
      const { result } = (await ask('POST', 'instances/createAndDeliver', {
        ...{ cardTemplateId: 'any.schema', outTrackId, callbackType: 'STREAM', cardData: { cardParamMap } },
        openSpaceId: `dtv1.card//IM_ROBOT.${userId}`,
        imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT', robotCode: 'robot-one' },
        ...more,
      })) as { readonly result: { readonly deliverResults: readonly { readonly carrierId: string }[] } };
      return { outTrackId, carrierId: String(result.deliverResults[0]?.carrierId) };
    },
    /** Replaces the named variables of a card. */
    change: (outTrackId: string, cardParamMap: Params) =>
      ask('PUT', 'instances', {
        ...{ outTrackId, cardData: { cardParamMap } },
        cardUpdateOptions: { updateCardDataByKey: true },
      }),
    /** Writes the variable `content` of a card. */
    write: (outTrackId: string, content: string, more: object = {}) =>
      ask('PUT', 'streaming', {
        outTrackId,
        guid: crypto.randomUUID(),
        key: 'content',
        content,
        isFull: true,
        ...more,
      }),
    /** Listens for clicks in Stream mode. Each is answered with what `answer` returns; with nothing for undefined. */
    async hear(answer: (click: Clicked) => object | undefined | Promise<object | undefined>) {
      const body = {
        ...{ clientId: 'app-one', clientSecret: appSecrets['app-one'] },
        subscriptions: [{ type: 'CALLBACK', topic }],
      };
      const { endpoint, ticket } = ok(await server.call('POST', '/v1.0/gateway/connections/open', { body }));
      const socket = new WebSocket(`${endpoint}?ticket=${ticket}`);
      onTestFinished(() => socket.terminate());
      socket.on('message', async (frame) => {
        const { type, headers, data } = JSON.parse(String(frame)) as { type: string; headers: Fields; data: string };
        const response = type === 'CALLBACK' ? await answer(JSON.parse(data) as Clicked) : undefined;
        if (type === 'CALLBACK' && response === undefined) return;
        const reply = type === 'CALLBACK' ? JSON.stringify({ response }) : data;
        const { messageId } = headers;
        socket.send(
          JSON.stringify({
            code: 200,
            headers: { messageId, contentType: 'application/json' },
            message: 'OK',
            data: reply,
          }),
        );
      });
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    },
  };
}

/** The variable with the buttons of a card. */
export const buttonsOf = (...texts: readonly string[]) => ({
  buttons: JSON.stringify(texts.map((text) => ({ text, actionId: text.toLowerCase(), params: { chosen: text } }))),
});
