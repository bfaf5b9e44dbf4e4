import { expect, test } from 'vitest';
import { startReceiver } from '../conformance/support/receiver.ts';
import { type Json, startOne } from './support.ts';

test('a test waits for a card as it grows, clicks it, and sees what its program answers', async () => {
  const huizhi = await startOne({ seed: 1 });
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const call = async (method: string, path: string, body: Json): Promise<Json> => {
    const answer = await huizhi.fetch(huizhi.url + path, { method, headers, body: JSON.stringify(body) });
    return (await answer.json()) as Json;
  };
  const token = await call('POST', '/v1.0/oauth2/accessToken', huizhi.credentials);
  headers['x-acs-dingtalk-access-token'] = String(token.accessToken);
  const receiver = await startReceiver();
  const address = { callbackRouteKey: 'r', callbackUrl: receiver.url };
  expect(await call('POST', '/v1.0/card/callbacks/register', address)).toMatchObject({ success: true });
  const outTrackId = 'answer-1';
  const waiting = huizhi.cards.waitFor(outTrackId, { streaming: 'finished', text: /world$/ });
  const created = await call('POST', '/v1.0/card/instances/createAndDeliver', {
    ...{ outTrackId, cardTemplateId: 't', cardData: { cardParamMap: { flowStatus: '1' } } },
    ...{ callbackType: 'HTTP', callbackRouteKey: 'r', openSpaceId: 'dtv1.card//IM_ROBOT.user001' },
    imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT' },
  });
  expect(created).toMatchObject({ result: { deliverResults: [{ success: true }] } });
  expect(await huizhi.cards.waitFor(outTrackId)).toMatchObject({ revision: 1, streaming: 'growing' });
  const stream = (guid: string, content: string, isFinalize: boolean) =>
    call('PUT', '/v1.0/card/streaming', { outTrackId, guid, key: 'text', content, isFinalize });
  await stream('1', 'hello ', false);
  await stream('2', 'world', true);
  expect(await waiting).toMatchObject({ markdown: 'hello world', revision: 3 });
  receiver.react({ body: JSON.stringify({ userPrivateData: { cardParamMap: { text: 'liked' } } }) });
  const clicked = await huizhi.cards.click(outTrackId, 'user001', 'like', { score: 5 });
  expect(clicked).toMatchObject({ delivered: true, card: { markdown: 'liked', revision: 4 } });
  expect((await receiver.next()).body).toContain('score');
  expect(await huizhi.cards.read(outTrackId)).toMatchObject({ markdown: 'hello world' });
  expect(await huizhi.cards.read(outTrackId, { userId: 'user001' })).toMatchObject({ markdown: 'liked' });
  await expect(huizhi.cards.read('none')).rejects.toMatchObject({ code: 'huizhi.notFound' });
  await expect(huizhi.cards.waitFor('none', {}, { timeout: 1 })).rejects.toMatchObject({ code: 'huizhi.timeout' });
  const snapshot = await huizhi.snapshot();
  await huizhi.reset();
  await expect(huizhi.cards.read(outTrackId)).rejects.toMatchObject({ code: 'huizhi.notFound' });
  await huizhi.restore(snapshot);
  expect(await huizhi.cards.read(outTrackId)).toMatchObject({ revision: 4 });
});
