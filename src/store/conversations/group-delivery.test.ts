import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aGroup } from '../contract/conversations.contract.ts';
import { inboxOf, start, streamOf, told, type World, world } from '../contract/world.contract.ts';
import { openStore } from '../open.ts';
import { deliverStep } from './group-delivery.ts';

/** Small steps, so that five members need several of them. */
const bounds = { deliveries: 2, chunk: 1, milliseconds: Number.POSITIVE_INFINITY };

/** A message of the model. `reached` are the members who have it, in the order of their numbers. */
type Message = {
  readonly id: number;
  readonly members: readonly number[];
  readonly reached: number[];
  readonly readers: number[];
  recalled: boolean;
  isDone: boolean;
};

type Model = {
  readonly members: Set<number>;
  readonly messages: Message[];
  /** The events of each user's stream, such as `message 7`. */
  readonly streams: Map<number, string[]>;
};

type Scene = { readonly world: World; readonly conversationId: number; readonly model: Model };

function append(model: Model, userId: number, event: string): void {
  model.streams.set(userId, [...(model.streams.get(userId) ?? []), event]);
}

async function send({ world: { send }, conversationId, model }: Scene): Promise<void> {
  const { messageId: id } = await send({ conversationId, userCodes: [] });
  const members = [...model.members].sort((a, b) => a - b);
  model.messages.push({ id, members, reached: [], readers: [], recalled: false, isDone: false });
}

/** Runs one step, and checks whom it has reached. */
async function step({ world: { store, corpId }, model }: Scene, message: Message): Promise<void> {
  const result = await store.driver.write(() => deliverStep(corpId, { messageId: message.id, at: start }, bounds));
  const touched = result.touched.map(({ userId }) => userId);
  expect(touched).toEqual(message.isDone ? [] : stepOf(model, message));
  const left = message.members.length - message.reached.length;
  const isWaiting = !message.recalled && left > 0 && touched.length < bounds.deliveries;
  expect(result.isWaiting).toBe(isWaiting);
  expect(result.isDone).toBe(message.isDone || (touched.length < bounds.deliveries && !isWaiting));
  message.isDone = result.isDone;
}

/** What a step does in the model. Returns the users whose streams it changes. */
function stepOf(model: Model, message: Message): readonly number[] {
  const { id, members, reached, recalled } = message;
  if (recalled) {
    const back = reached.splice(-bounds.deliveries).reverse();
    for (const userId of back) append(model, userId, `recall ${id}`);
    return back;
  }
  const next = members
    .slice(reached.length, reached.length + bounds.deliveries)
    .filter((id) => id <= turnOf(model, message));
  for (const userId of next) append(model, userId, `message ${id}`);
  reached.push(...next);
  return next;
}

/** The last member who has got all earlier messages whose delivery has begun. */
function turnOf({ messages }: Model, { id }: Message): number {
  const earlier = messages.filter((one) => one.id < id && !one.recalled && !one.isDone && one.reached.length > 0);
  return Math.min(...earlier.map(({ reached }) => reached.at(-1) ?? 0));
}

async function recall({ world: { store, corpId } }: Scene, message: Message): Promise<void> {
  await store.recall(corpId, message.id, start);
  if (!message.recalled) message.isDone = false;
  message.recalled = true;
}

async function read({ world: { store, corpId }, model }: Scene, message: Message, userId: number): Promise<void> {
  const { id, reached, readers, recalled } = message;
  const isFirst = !recalled && reached.includes(userId) && !readers.includes(userId);
  expect(await store.markRead(corpId, userId, [id], start)).toEqual(isFirst ? [id] : []);
  if (!isFirst) return;
  readers.push(userId);
  append(model, userId, `read ${id}`);
}

async function change(scene: Scene, userId: number): Promise<void> {
  const { store, corpId } = scene.world;
  const { members } = scene.model;
  if (members.delete(userId)) await store.conversations.removeMembers(corpId, scene.conversationId, [userId], start);
  else {
    members.add(userId);
    await store.conversations.addMembers(corpId, scene.conversationId, [userId]);
  }
}

/** Compares everything that can be observed. A recalled message is shown as recalled in every event about it. */
async function check({ world: { store, corpId, users }, model }: Scene): Promise<void> {
  const recalled = new Set(model.messages.filter((message) => message.recalled).map(({ id }) => id));
  for (const userId of Object.values(users)) {
    const expected = (model.streams.get(userId) ?? []).map((event, i) => `${i + 1} ${event}`);
    expect(told(await streamOf(store, corpId, userId))).toEqual(expected);
    const shown = model.messages.filter(({ id, members, reached }) => {
      return !recalled.has(id) && members.includes(userId) && reached.includes(userId);
    });
    const found = (await inboxOf(store, corpId, userId)).map(({ messageId }) => messageId);
    expect(found.toSorted((a, b) => a - b)).toEqual(shown.map(({ id }) => id));
  }
  for (const { id, readers, isDone } of model.messages) {
    const found = await store.conversations.readers(corpId, id, 0, 99);
    expect(found.map(({ userId }) => userId)).toEqual(readers);
    expect((await store.receipt(corpId, id))?.state).toBe(isDone ? 'delivered' : 'queued');
  }
}

const happening = fc.record({
  what: fc.constantFrom('send', 'step', 'step', 'step', 'recall', 'read', 'read', 'change'),
  user: fc.nat({ max: 4 }),
  message: fc.nat({ max: 3 }),
});

async function run(happenings: readonly { what: string; user: number; message: number }[]): Promise<void> {
  const store = await openStore(':memory:');
  try {
    const scene = await createScene(await world(store));
    const users = Object.values(scene.world.users);
    for (const { what, user, message: back } of happenings) {
      const message = scene.model.messages.at(-1 - back);
      const userId = users[user] ?? 0;
      if (what === 'send') await send(scene);
      else if (what === 'change') await change(scene, userId);
      else if (message && what === 'step') await step(scene, message);
      else if (message && what === 'recall') await recall(scene, message);
      else if (message) await read(scene, message, userId);
    }
    await check(scene);
    for (const message of scene.model.messages) while (!message.isDone) await step(scene, message);
    await check(scene);
  } finally {
    await store.close();
  }
}

async function createScene(scene: World): Promise<Scene> {
  const { id } = await aGroup(scene, { userIds: Object.values(scene.users) });
  const model = { members: new Set(Object.values(scene.users)), messages: [], streams: new Map() };
  return { world: scene, conversationId: id, model };
}

test('after any sequence of sends, steps, recalls, reads and changes of members, everything is what a model predicts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 30, size: 'max' }), async (happenings) => run(happenings)),
    { numRuns: 60 },
  );
}, 120_000);
