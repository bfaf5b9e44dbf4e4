import { expect, test } from 'vitest';
import { errors } from '../errors.ts';
import { chineseSummaries } from './chinese.ts';
import { chineseFields } from './chinese-fields/index.ts';
import { consoleCalls } from './console.ts';
import { departmentCalls } from './console-departments.ts';
import { directoryCalls } from './console-directory.ts';
import { contactCalls } from './contacts.ts';
import { createOpenapi } from './document.ts';
import { emulatorCalls } from './emulator.ts';
import { inboxCalls, operationsCalls } from './inbox.ts';
import { inboxConversationCalls } from './inbox-conversations.ts';
import { wireCalls } from './vendor.ts';

type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: { readonly [status: string]: Response | Reference };
};
type Response = { readonly content?: Content };
type Reference = { readonly $ref: string };
type Content = { readonly [type: string]: { readonly schema: { readonly $ref?: string }; readonly example?: unknown } };
type Document = {
  readonly openapi: string;
  readonly info: { readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
};

const document = JSON.parse(JSON.stringify(createOpenapi('1.2.3'))) as Document;
const calls = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

const described = [
  ...wireCalls,
  ...contactCalls,
  ...inboxCalls,
  ...inboxConversationCalls,
  ...consoleCalls,
  ...directoryCalls,
  ...departmentCalls,
  ...emulatorCalls,
  ...operationsCalls,
];
const named = described.flatMap(({ body, answer }) => [body ?? [], 'name' in answer ? answer : []].flat());

/** Returns every value of a key, at any depth. */
function* valuesOf(key: string, node: unknown): Generator<unknown> {
  if (typeof node !== 'object' || node === null) return;
  for (const [name, value] of Object.entries(node)) {
    if (name === key) yield value;
    yield* valuesOf(key, value);
  }
}

function follow(ref: string): unknown {
  const steps = ref.replace('#/', '').split('/');
  return steps.reduce((node: unknown, step) => (node as Record<string, unknown> | undefined)?.[step], document);
}

const resolve = (response: Response | Reference) =>
  '$ref' in response ? (follow(response.$ref) as Response) : response;

function codesOf({ responses }: Operation): string[] {
  return Object.entries(responses).flatMap(([status, response]) => {
    if (status === '200') return [];
    const [codes] = [...valuesOf('enum', resolve(response).content)] as string[][];
    for (const code of codes ?? []) expect(errors[code as keyof typeof errors].status).toBe(Number(status));
    return codes ?? [];
  });
}

test('is an OpenAPI 3.1 document with the given version', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(document.info.version).toBe('1.2.3');
});

test('every reference resolves', () => {
  const refs = [...valuesOf('$ref', document)] as string[];
  expect(refs.length).toBeGreaterThan(50);
  for (const ref of refs) expect(follow(ref), ref).toBeDefined();
});

test('every operation has a unique id', () => {
  const ids = calls.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the summary of every call is its id, and the description says what it does', () => {
  for (const { operation } of calls) {
    expect(operation.summary).toBe(operation.operationId);
    expect(operation.description).toMatch(/^[A-Z]/);
  }
});

test('calls and tags have Chinese descriptions, and the rest of the document is the same', () => {
  const chinese = JSON.parse(JSON.stringify(createOpenapi('1.2.3', undefined, 'zh'))) as Document;
  const operations = Object.values(chinese.paths).flatMap((item) => Object.values(item));
  expect(operations.map(({ operationId }) => operationId)).toEqual(calls.map((each) => each.operation.operationId));
  for (const { operationId, description } of operations)
    expect([operationId, /[\u4e00-\u9fff]/.test(description)]).toEqual([operationId, true]);
  for (const { description } of [...chinese.tags, chinese.info]) expect(description).toMatch(/[\u4e00-\u9fff]/);
  const texts = new Set(operations.map(({ operationId }) => operationId));
  expect(Object.keys(chineseSummaries).filter((id) => !texts.has(id))).toEqual([]);
});

test('every description has a Chinese text but those of errors, and every Chinese text is used', () => {
  const english = describedTexts(JSON.parse(JSON.stringify(createOpenapi('1.2.3'))));
  const chinese = describedTexts(JSON.parse(JSON.stringify(createOpenapi('1.2.3', undefined, 'zh'))));
  expect(chinese.length).toBe(english.length);
  expect(chinese.filter((text) => !/[\u4e00-\u9fff]/.test(text) && !text.startsWith('- `'))).toEqual([]);
  expect(Object.keys(chineseFields).filter((text) => !english.includes(text))).toEqual([]);
});

/** The descriptions in a part of the document, without those in examples. */
function describedTexts(part: unknown): readonly string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => {
    if (name === 'description' && typeof value === 'string') return value;
    return name === 'example' ? [] : describedTexts(value);
  });
}

test('every parameter in a path is declared', () => {
  for (const { path, operation } of calls) {
    const declared = operation.parameters?.filter((each) => each.in === 'path').map((each) => each.name) ?? [];
    expect([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(declared);
  }
});

test('every example matches the schema of its request or response', () => {
  for (const { name, schema, example } of named) expect(schema.safeParse(example).success, name).toBe(true);
});

test('no two schemas share a name', () => {
  const byName = Map.groupBy(named, (each) => each.name);
  for (const [name, those] of byName) expect(new Set(those.map((each) => each.schema)).size, name).toBe(1);
});

test('readStatus lists its twelve errors, those of every robot call, and those of invalid HTTP', () => {
  const operation = document.paths['/v1.0/robot/oToMessages/readStatus']?.get;
  expect(operation && codesOf(operation).toSorted()).toEqual(
    [
      'AuthenticationFailed.MissingParameter',
      'Forbidden.AccessDenied.AccessTokenPermissionDenied',
      'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi',
      'Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi',
      'InvalidAuthentication',
      'huizhi.badRequest',
      'invalid.processQueryKey',
      'invalidParameter.param.invalid',
      'invalidParameter.processQueryKey.missing',
      'invalidParameter.robotCode.empty',
      'invalidParameter.robotCode.invalid',
      'invalidParameter.robotCode.missing',
      'invalidParameter.robotCode.notExsit',
      'processQueryKey.expireTime',
      'system.error',
      'template.not.existed',
      'template.stopped',
      'unknown.send.result',
    ].toSorted(),
  );
});

test('no two calls have the same error response, unless both refer to it', () => {
  const own = calls.flatMap(({ operation }) => Object.values(operation.responses)).filter((one) => !('$ref' in one));
  const errorTexts = own.map((one) => JSON.stringify(one)).filter((text) => text.includes('schemas/Error"'));
  expect(errorTexts.length).toBeGreaterThan(20);
  expect(new Set(errorTexts).size).toBe(errorTexts.length);
});

test('every code belongs to a call, unless only a fault, an unknown path or a single key causes it', () => {
  const listed = new Set(calls.flatMap(({ operation }) => codesOf(operation)));
  const unlisted = Object.keys(errors).filter((code) => !listed.has(code));
  const ofOneKey = ['not.allowed.robotCode', 'robot.processQueryKey.expired'];
  const ofEveryPath = [
    'InvalidAction.NotFound',
    'huizhi.methodNotAllowed',
    'huizhi.unknownHost',
    'huizhi.notImplemented',
  ];
  const onlyFaults = Object.entries(errors).filter(([, row]) => row.summary.startsWith('Only as a fault'));
  expect(unlisted.toSorted()).toEqual([...ofOneKey, ...ofEveryPath, ...onlyFaults.map(([code]) => code)].toSorted());
});
