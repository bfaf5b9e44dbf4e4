import { start, type World } from './world.contract.ts';

/** Sends, reads and removes work notices. */
export async function useNotices({ store, corpId, app, users }: World): Promise<void> {
  const { notices } = store;
  await notices.findReceivers(corpId, ['ann', 'bob']);
  await notices.receiversIn(corpId, [7]);
  await notices.allReceivers(corpId, 0, 20);
  const content = { kind: 50, param: '{"content":"hi"}', content: 5, day: 1, invalid: { users: [], departments: [] } };
  const limits = { perDay: 9, perMinute: 9, toAllPerDay: null };
  const given = { corpId, appId: app.id, sentAt: start, ...content, ...limits };
  const accepted = await notices.accept({ ...given, receivers: [users.ann, users.bob] });
  const id = accepted?.messageId ?? 0;
  await store.deliverStep(corpId, id, start);
  await notices.find(corpId, id);
  await notices.page(corpId, undefined, Number.MAX_SAFE_INTEGER, 20);
  await notices.page(corpId, app.id, Number.MAX_SAFE_INTEGER, 20);
  await notices.receivers(corpId, id, 0, 20);
  await notices.misses(corpId, id, 0, 20);
  await notices.changeContent(corpId, id, (param) => param);
  await notices.findTemplate(corpId, app.id, 't');
  await notices.pruneContents(corpId, 1, 20);
  await notices.pruneStep(corpId, 1, 20);
}
