import type { Operation } from './document.ts';
import { bytesOf, type Draft } from './draft.ts';
import { mutations } from './mutations.ts';
import { createRandom } from './random.ts';
import type { RawForm } from './raw-form.ts';
import { createRawForm } from './raw-forms.ts';
import { createValid } from './valid.ts';
import type { World } from './world.ts';

/** Requests of one block are sent in the same way and share the state that the server is in at its start. */
export const blockSize = 100;

/**
 * `parallel`: on several connections at once. `compared`: one after the other, the state compared after each one that
 * is refused. `controls`: as `compared`, calls that change the emulator. `raw`: bytes on connections of their own.
 */
export type BlockKind = 'parallel' | 'compared' | 'controls' | 'raw';

/** The kind of the block that an index belongs to. */
export function blockKindOf(index: number, hasEmulator: boolean): BlockKind {
  const block = Math.floor(index / blockSize) % 20;
  if (block % 10 === 1) return 'compared';
  if (block % 5 === 3) return 'raw';
  if (block === 7 && hasEmulator) return 'controls';
  return 'parallel';
}

/** A request of the suite: what it is, and its bytes. */
export type Request = {
  readonly call: string;
  readonly kinds: readonly string[];
  readonly draft: Draft;
  readonly bytes: Buffer;
};

/**
 * The request of an index: the same call and mutations for the same seed, with the ids and tokens of the server at
 * hand.
 */
export function createRequest(world: World, seed: number, index: number): Request {
  const random = createRandom(seed, index);
  const kind = blockKindOf(index, hasEmulator(world));
  const operations = world.api.operations.filter(
    (one) => (one.tags[0] === 'emulator' && one.method !== 'GET') === (kind === 'controls'),
  );
  const operation = random.pick(operations.flatMap((one) => Array<Operation>(weightOf(one)).fill(one)));
  let draft = createValid(world, operation, random);
  const kinds: string[] = [];
  const wanted = random.chance(0.1) ? 0 : random.chance(0.75) ? 1 : 2;
  for (let tries = 0; kinds.length < wanted && tries < 20; tries++) {
    const mutation = random.pick(mutations);
    const mutated = mutation.apply(draft, random, world);
    if (mutated === undefined) continue;
    draft = mutated;
    kinds.push(mutation.kind);
  }
  return { call: `${operation.method} ${operation.template}`, kinds, draft, bytes: bytesOf(draft) };
}

/** The vendor's calls are few among many of our own, and have the most rules. */
function weightOf({ tags }: Operation): number {
  return tags[0] === 'robot' ? 8 : tags[0] === 'token' ? 3 : 1;
}

/** The raw form of an index, made from a valid request. */
export function createRaw(
  world: World,
  seed: number,
  index: number,
): { readonly call: string; readonly form: RawForm } {
  const random = createRandom(seed, index);
  const operations = world.api.operations.filter((one) => one.tags[0] !== 'emulator' || one.method === 'GET');
  const operation = random.pick(operations);
  const form = createRawForm(createValid(world, operation, random), random);
  return { call: `${operation.method} ${operation.template}`, form };
}

function hasEmulator({ api }: World): boolean {
  return api.operations.some(({ tags }) => tags[0] === 'emulator');
}
