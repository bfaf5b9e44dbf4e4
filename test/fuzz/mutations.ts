import { gzipSync } from 'node:zlib';
import { bodyOf, type Draft, encoded, withHeader, withoutHeader } from './draft.ts';
import * as hostile from './hostile.ts';
import { mutateJson } from './mutate-json.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Changes a request; undefined where it does not apply, such as a body mutation of a request without one. */
export type Mutation = {
  readonly kind: string;
  apply(draft: Draft, random: Random, world: World): Draft | undefined;
};

const tokenHeader = 'x-acs-dingtalk-access-token';

const body: readonly Mutation[] = [
  ...mutateJson,
  ...hostile.wrappers.map(
    ([kind, make]): Mutation => ({
      kind,
      apply: (draft) => withBytes(draft, (bytes) => make(bytes.toString())),
    }),
  ),
  {
    kind: 'content type',
    apply: (draft, random) =>
      draft.json === undefined ? undefined : withHeader(draft, 'content-type', random.pick(hostile.contentTypes)),
  },
  {
    kind: 'no content type',
    apply: (draft) => (draft.json === undefined ? undefined : withoutHeader(draft, 'content-type')),
  },
  {
    kind: 'gzip body',
    apply: (draft) => {
      const zipped = withBytes(draft, (bytes) => gzipSync(bytes));
      return zipped && withHeader(zipped, 'content-encoding', 'gzip');
    },
  },
  { kind: 'no body', apply: ({ json, body: _, ...draft }) => (json === undefined ? undefined : draft) },
  {
    kind: 'body on a call without one',
    apply: (draft) => (draft.json === undefined ? { ...draft, body: Buffer.from('{"a":1}') } : undefined),
  },
];

const query: readonly Mutation[] = [
  onParameter('parameter missing', (list, at) => list.toSpliced(at, 1)),
  onParameter('parameter twice', (list, at) => list.toSpliced(at, 0, list[at] ?? ['', ''])),
  onParameter('parameter twice, differently', (list, at) => [...list, [list[at]?.[0] ?? '', 'other']]),
  onParameter('parameter as a list', (list, at) => list.toSpliced(at, 1, [`${list[at]?.[0]}[]`, list[at]?.[1] ?? ''])),
  onParameter('parameter in other case', (list, at) =>
    list.toSpliced(at, 1, [list[at]?.[0].toUpperCase() ?? '', list[at]?.[1] ?? '']),
  ),
  onParameter('hostile parameter', (list, at, random) =>
    list.toSpliced(at, 1, [list[at]?.[0] ?? '', encoded(random.pick(hostile.texts).slice(0, 3000))]),
  ),
  onParameter('broken escape in a parameter', (list, at, random) =>
    list.toSpliced(at, 1, [list[at]?.[0] ?? '', random.pick(hostile.escapes)]),
  ),
  onParameter('unencoded parameter', (list, at) =>
    list.toSpliced(at, 1, [list[at]?.[0] ?? '', plain(list[at]?.[1] ?? '').replace(/[^!-~]/g, '_')]),
  ),
  {
    kind: 'unknown parameter',
    apply: (draft, random) => ({
      ...draft,
      query: [
        ...draft.query,
        [
          random.pick(['limit', 'cursor', 'x', '__proto__', 'since', '%zz', 'text']),
          encoded(random.pick(hostile.texts).slice(0, 300)),
        ],
      ],
    }),
  },
  {
    kind: 'many parameters',
    apply: (draft) => ({
      ...draft,
      query: [...draft.query, ...Array.from({ length: 1500 }, () => ['a', ''] as const)],
    }),
  },
];

const headers: readonly Mutation[] = [
  { kind: 'hostile header', apply: (draft, random) => withHeader(draft, ...random.pick(hostile.headers)) },
  {
    kind: 'header twice',
    apply: (draft, random) => {
      const several = draft.headers.filter(([name]) => name !== 'host');
      return several.length === 0 ? undefined : { ...draft, headers: [...draft.headers, random.pick(several)] };
    },
  },
  {
    kind: 'header in capitals',
    apply: (draft) => ({ ...draft, headers: draft.headers.map(([name, value]) => [name.toUpperCase(), value]) }),
  },
  {
    kind: 'many headers',
    apply: (draft, random) => ({
      ...draft,
      headers: [...draft.headers, ...Array.from({ length: 50 + random.int(300) }, (_, i) => [`x-${i}`, 'y'] as const)],
    }),
  },
  {
    kind: 'long header',
    apply: (draft, random) => withHeader(draft, 'x-long', 'y'.repeat(1000 * (1 + random.int(30)))),
  },
];

const credentials: readonly Mutation[] = [
  { kind: 'no credentials', apply: (draft) => withoutCredentials(draft) },
  {
    kind: 'ended token',
    apply: (draft, random, { credentials: { endedTokens } }) =>
      endedTokens.length === 0 || !hasToken(draft)
        ? undefined
        : withHeader(draft, tokenHeader, random.pick(endedTokens)),
  },
  {
    kind: 'token of another app or organization',
    apply: (draft, random, { credentials: { tokens } }) =>
      tokens.length === 0 || !hasToken(draft) ? undefined : withHeader(draft, tokenHeader, random.pick(tokens)),
  },
  {
    kind: 'token of another kind',
    apply: (
      draft,
      random,
      {
        credentials: {
          tokens,
          sessions,
          console: { csrf },
        },
      },
    ) => {
      const value = random.pick([...tokens, ...sessions, csrf]);
      return random.chance(0.5)
        ? withHeader(draft, tokenHeader, value)
        : withHeader(draft, 'authorization', `Bearer ${value}`);
    },
  },
  {
    kind: 'token with a changed character',
    apply: (draft, random) =>
      onHeader(draft, [tokenHeader, 'authorization', 'cookie', 'x-csrf-token'], (value) => {
        const at = random.int(Math.max(1, value.length));
        return value.slice(0, at) + random.pick(['A', '-', 'z', '=']) + value.slice(at + 1);
      }),
  },
  {
    kind: 'token cut off',
    apply: (draft, random) =>
      onHeader(draft, [tokenHeader, 'authorization', 'cookie'], (value) =>
        value.slice(0, random.int(value.length + 1)),
      ),
  },
  {
    kind: 'token in Authorization',
    apply: (draft) =>
      !hasToken(draft)
        ? undefined
        : {
            ...draft,
            headers: draft.headers.map(([name, value]) =>
              name === tokenHeader ? ['authorization', `Bearer ${value}`] : [name, value],
            ),
          },
  },
  {
    kind: 'other authorization scheme',
    apply: (draft) => onHeader(draft, ['authorization'], (value) => value.replace('Bearer', 'Token')),
  },
];

const target: readonly Mutation[] = [
  { kind: 'wrong method', apply: (draft, random) => ({ ...draft, method: random.pick(hostile.methods) }) },
  onPath('path in other case', (path) => (path === path.toUpperCase() ? path.toLowerCase() : path.toUpperCase())),
  onPath('trailing slash', (path) => `${path}/`),
  onPath('double slash', (path, random) => atSlash(path, random, '//')),
  onPath('dot segment', (path, random) =>
    atSlash(path, random, random.pick(['/./', '/../', '/%2e/', '/%2e%2e/', '/.%2e/', '/x/../'])),
  ),
  onPath('encoded slash', (path, random) =>
    atSlash(path, random, random.pick(['%2f', '%2F', '%5c', '\\', '/\\', '%252f'])),
  ),
  onPath('encoded letter', (path, random) => {
    const at = 1 + random.int(path.length - 1);
    return `${path.slice(0, at)}%${path.charCodeAt(at).toString(16).padStart(2, '0')}${path.slice(at + 1)}`;
  }),
  onPath(
    'segment missing',
    (path, random) =>
      path
        .split('/')
        .toSpliced(1 + random.int(path.split('/').length - 1), 1)
        .join('/') || '/',
  ),
  onPath(
    'segment more',
    (path, random) => `${path}/${random.pick(['x', '%00', '..', '__proto__', 'toString', '.json', '%E4%B8%AD'])}`,
  ),
  onPath('hostile segment', (path, random) =>
    replaceSegment(path, random, encoded(random.pick(hostile.texts).slice(0, 3000)) || '%20'),
  ),
  onPath('broken escape in the path', (path, random) =>
    replaceSegment(path, random, random.pick(hostile.escapes).replace(/[\s]/g, '')),
  ),
  onPath('matrix parameter', (path) => `${path};a=b`),
  onPath('suffix', (path, random) => path + random.pick(['.json', '~', '%20', '%00', '.', '#x', '%23x', '%3f', '*'])),
  onPath('long path', (path) => `${path}/${'x'.repeat(9000)}`),
];

/** All mutations of a request that stays HTTP. */
export const mutations: readonly Mutation[] = [...body, ...query, ...headers, ...credentials, ...target];

type Parameters = Draft['query'];

function onParameter(kind: string, change: (list: Parameters, at: number, random: Random) => Parameters): Mutation {
  return {
    kind,
    apply: (draft, random) =>
      draft.query.length === 0
        ? undefined
        : { ...draft, query: change(draft.query, random.int(draft.query.length), random) },
  };
}

function onPath(kind: string, change: (path: string, random: Random) => string): Mutation {
  return { kind, apply: (draft, random) => ({ ...draft, path: change(draft.path, random) }) };
}

/** Without its escapes, unless an earlier mutation has broken one of them. */
function plain(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function atSlash(path: string, random: Random, by: string): string {
  const slashes = [...path.matchAll(/\//g)].map(({ index }) => index);
  const at = random.pick(slashes);
  const changed = path.slice(0, at) + by + path.slice(at + 1);
  return changed.startsWith('/') ? changed : `/${changed}`;
}

function replaceSegment(path: string, random: Random, by: string): string {
  const segments = path.split('/');
  return segments.toSpliced(1 + random.int(segments.length - 1), 1, by).join('/');
}

function withBytes(draft: Draft, change: (bytes: Buffer) => Buffer): Draft | undefined {
  const bytes = bodyOf(draft);
  return bytes === undefined || draft.json === undefined ? undefined : { ...draft, body: change(bytes) };
}

function hasToken({ headers }: Draft): boolean {
  return headers.some(([name]) => name === tokenHeader);
}

function withoutCredentials(draft: Draft): Draft | undefined {
  const names = [tokenHeader, 'authorization', 'cookie', 'x-csrf-token'];
  const rest = draft.headers.filter(([name]) => !names.includes(name));
  return rest.length === draft.headers.length ? undefined : { ...draft, headers: rest };
}

function onHeader(draft: Draft, names: readonly string[], change: (value: string) => string): Draft | undefined {
  if (!draft.headers.some(([name]) => names.includes(name))) return undefined;
  return {
    ...draft,
    headers: draft.headers.map(([name, value]) => (names.includes(name) ? [name, change(value)] : [name, value])),
  };
}
