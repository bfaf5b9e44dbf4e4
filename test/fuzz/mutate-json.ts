import type { Draft } from './draft.ts';
import * as hostile from './hostile.ts';
import type { Mutation } from './mutations.ts';
import type { Random } from './random.ts';

/** Stands for a piece of JSON text until the body is written, for values that JSON.stringify cannot produce. */
const mark = 'raw-json-';

type Container = Record<string, unknown> | unknown[];

/** A member of a JSON value: its container and its key. */
type Member = { readonly container: Container; readonly key: string | number };

/** Mutations of one member of a JSON body, at any depth. */
export const mutateJson: readonly Mutation[] = [
  onMember('member missing', ({ container, key }) => {
    if (Array.isArray(container)) container.splice(Number(key), 1);
    else delete container[key];
  }),
  onMember('member of a wrong type', (member, random) => putRaw(member, random.pick(hostile.values))),
  onMember('hostile text', (member, random) => put(member, random.pick(hostile.texts))),
  onMember('text with something appended', (member, random) =>
    put(member, `${String(valueAt(member))}${random.pick(hostile.texts)}`),
  ),
  onMember('text in other case', (member) => put(member, otherCase(String(valueAt(member))))),
  onMember('scalar in a list', (member) => put(member, [valueAt(member)])),
  onMember('scalar in an object', (member) => put(member, { value: valueAt(member) })),
  onMember('number as text, text as number', (member) => {
    const value = valueAt(member);
    put(member, typeof value === 'number' ? String(value) : 7);
  }),
  onMember('long list', (member, random) => {
    const value = valueAt(member);
    const one = Array.isArray(value) ? value[0] : value;
    put(
      member,
      Array.from({ length: random.pick([21, 101, 1001, 5000]) }, () => one),
    );
  }),
  onMember('id of another organization', (member, random) =>
    put(member, random.pick(['corp-two', 'robot-two', 'app-two', 'mallory', 'suite', 'corp-none', 'robot-away'])),
  ),
  onObject('unknown member', (object, random) => {
    object[random.pick(['extra', '', 'a.b', 'toString', 'hasOwnProperty', 'length', '公', '\ud800'])] = 1;
  }),
  onObject('prototype name', (object, random) => {
    const name = random.pick(['__proto__', 'constructor', 'prototype']);
    Object.defineProperty(object, name, { value: { robotCode: 'robot-one' }, enumerable: true, configurable: true });
  }),
  { kind: 'member twice', apply: memberTwice },
];

function onMember(kind: string, change: (member: Member, random: Random) => void): Mutation {
  return {
    kind,
    apply: (draft, random) =>
      changed(draft, (root) => {
        const all = membersOf(root);
        if (all.length === 0) return false;
        change(random.pick(all), random);
        return true;
      }),
  };
}

function onObject(kind: string, change: (object: Record<string, unknown>, random: Random) => void): Mutation {
  return {
    kind,
    apply: (draft, random) =>
      changed(draft, (root) => {
        const inner = membersOf(root).map(valueAt);
        const objects = [root, ...inner].filter(
          (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
        );
        change(random.pick(objects) as Record<string, unknown>, random);
        return true;
      }),
  };
}

/** The body with the first value replaced, and the old one given again under the same name. */
function memberTwice(draft: Draft, random: Random): Draft | undefined {
  if (draft.json === undefined || typeof draft.json !== 'object' || draft.json === null) return undefined;
  const names = Object.keys(draft.json);
  if (names.length === 0) return undefined;
  const again = `"${random.pick(names)}":${random.pick(hostile.values)}`;
  const text = JSON.stringify(draft.json);
  return {
    ...draft,
    body: Buffer.from(random.chance(0.5) ? text.replace('{', `{${again},`) : text.replace(/\}$/, `,${again}}`)),
  };
}

function changed(draft: Draft, change: (root: Container) => boolean): Draft | undefined {
  if (typeof draft.json !== 'object' || draft.json === null) return undefined;
  const copy = structuredClone(draft.json) as Container;
  if (!change(copy)) return undefined;
  const text = JSON.stringify(copy).replace(
    new RegExp(`"${mark}(\\d+)"`, 'g'),
    (_, at: string) => hostile.values[Number(at)] ?? 'null',
  );
  return { ...draft, json: copy, body: Buffer.from(text) };
}

/** All members below a value, and of long lists only the first ones. */
function membersOf(container: Container): Member[] {
  const keys = Array.isArray(container) ? [...container.keys()].slice(0, 8) : Object.keys(container);
  return keys.flatMap((key) => {
    const value = valueAt({ container, key });
    const below = typeof value === 'object' && value !== null ? membersOf(value as Container) : [];
    return [{ container, key }, ...below];
  });
}

function valueAt({ container, key }: Member): unknown {
  return (container as Record<string | number, unknown>)[key];
}

function put({ container, key }: Member, value: unknown): void {
  (container as Record<string | number, unknown>)[key] = value;
}

function putRaw(member: Member, json: string): void {
  put(member, `${mark}${hostile.values.indexOf(json)}`);
}

function otherCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
}
