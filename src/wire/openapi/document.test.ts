import { expect, test } from 'vitest';
import { errors } from '../errors.ts';
import { chineseSummaries } from './chinese.ts';
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
  readonly responses: { readonly [status: string]: { readonly content?: Content } };
};
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

function codesOf({ responses }: Operation): string[] {
  return Object.entries(responses).flatMap(([status, response]) => {
    if (status === '200') return [];
    const [codes] = [...valuesOf('enum', response.content)] as string[][];
    for (const code of codes ?? []) expect(errors[code as keyof typeof errors].status).toBe(Number(status));
    return codes ?? [];
  });
}

test('is an OpenAPI 3.1 document with the given version', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(document.info.version).toBe('1.2.3');
});

test('covers every call of the wire, inbox, console, emulator and operations', () => {
  expect(calls.map(({ method, path }) => `${method.toUpperCase()} ${path}`)).toEqual([
    'POST /v1.0/oauth2/accessToken',
    'POST /v1.0/oauth2/corpAccessToken',
    'POST /v1.0/oauth2/{corpId}/token',
    'GET /gettoken',
    'POST /v1.0/robot/oToMessages/batchSend',
    'GET /v1.0/robot/oToMessages/readStatus',
    'POST /v1.0/robot/otoMessages/batchRecall',
    'POST /v1.0/gateway/connections/open',
    'POST /topapi/v2/user/get',
    'POST /topapi/v2/user/getbymobile',
    'POST /topapi/user/getbyunionid',
    'POST /topapi/v2/user/list',
    'POST /topapi/user/listsimple',
    'POST /topapi/user/listid',
    'POST /topapi/user/count',
    'POST /topapi/v2/department/get',
    'POST /topapi/v2/department/listsub',
    'POST /topapi/v2/department/listsubid',
    'POST /topapi/v2/department/listparentbyuser',
    'GET /v1.0/contact/users/{unionId}',
    'POST /v1.0/contact/users/search',
    'POST /v1.0/contact/departments/search',
    'GET /user/get',
    'GET /user/get_by_mobile',
    'GET /user/simplelist',
    'GET /department/list',
    'GET /department/list_ids',
    'POST /media/upload',
    'POST /v1.0/robot/messageFiles/download',
    'POST /v1.0/robot/groupMessages/send',
    'POST /v1.0/robot/groupMessages/query',
    'POST /v1.0/robot/groupMessages/recall',
    'POST /v1.0/robot/groupMessages/batchRecall',
    'POST /v1.0/robot/privateChatMessages/send',
    'POST /v1.0/robot/privateChatMessages/query',
    'POST /v1.0/robot/privateChatMessages/batchRecall',
    'POST /robot/send',
    'POST /v1.0/robot/custom/enable',
    'POST /v1.0/robot/custom/delete',
    'POST /v1.0/robot/custom/outgoing/update',
    'POST /v1.0/im/sceneGroups',
    'POST /v1.0/im/sceneGroup/create',
    'POST /v1.0/im/sceneGroups/query',
    'POST /v1.0/im/sceneGroups/members/query',
    'POST /v1.0/im/chat/{chatId}/convertToOpenConversationId',
    'POST /v1.0/robot/groups/robots/query',
    'POST /v1.0/robot/groups/query',
    'POST /v1.0/robot/installed/groups/query',
    'POST /v1.0/robot/groups/orgRobots/add',
    'POST /topapi/im/chat/scenegroup/create',
    'GET /topapi/im/chat/scenegroup/create',
    'POST /chat/create',
    'POST /chat/update',
    'GET /chat/get',
    'POST /chat/send',
    'GET /chat/getReadList',
    'POST /v1.0/robot/plugins/set',
    'POST /v1.0/robot/plugins/query',
    'POST /v1.0/robot/plugins/clear',
    'POST /v1.0/robot/statuses/manage',
    'PUT /v1.0/robot/managements/infos',
    'POST /topapi/message/corpconversation/asyncsend_v2',
    'POST /topapi/message/corpconversation/sendbytemplate',
    'POST /topapi/message/corpconversation/getsendprogress',
    'POST /topapi/message/corpconversation/getsendresult',
    'POST /topapi/message/corpconversation/recall',
    'POST /topapi/message/corpconversation/status_bar/update',
    'POST /robot/sendBySession',
    'POST /v1.0/robot/emotion/reply',
    'POST /v1.0/robot/emotion/recall',
    'POST /inbox/v1/sessions',
    'GET /inbox/v1/sessions',
    'DELETE /inbox/v1/sessions',
    'GET /inbox/v1/people',
    'GET /inbox/v1/oidc/start',
    'GET /inbox/v1/oidc/callback',
    'GET /inbox/v1/messages',
    'GET /inbox/v1/messages/search',
    'POST /inbox/v1/messages/read',
    'GET /inbox/v1/events',
    'GET /inbox/v1/robots',
    'PUT /inbox/v1/robots/{robotCode}',
    'DELETE /inbox/v1/notices',
    'GET /inbox/v1/conversations',
    'PUT /inbox/v1/conversations/{conversationId}',
    'GET /inbox/v1/conversations/{conversationId}/members',
    'POST /console/v1/sessions',
    'GET /console/v1/sessions/current',
    'DELETE /console/v1/sessions/current',
    'GET /console/v1/status',
    'POST /console/v1/retention/confirm',
    'POST /console/v1/signInCodes',
    'GET /console/v1/messages',
    'GET /console/v1/messages/{messageId}',
    'POST /console/v1/messages/{messageId}/recall',
    'GET /console/v1/messages/{messageId}/readers',
    'GET /console/v1/messages/{messageId}/nonReaders',
    'GET /console/v1/messages/{messageId}/recipients.csv',
    'GET /console/v1/unread',
    'GET /console/v1/events',
    'GET /console/v1/organizations',
    'POST /console/v1/organizations',
    'GET /console/v1/organizations/{corpId}',
    'PUT /console/v1/organizations/{corpId}',
    'GET /console/v1/users',
    'POST /console/v1/users',
    'POST /console/v1/users/import',
    'GET /console/v1/users.csv',
    'GET /console/v1/users/{userId}',
    'PUT /console/v1/users/{userId}',
    'DELETE /console/v1/users/{userId}',
    'GET /console/v1/formerUsers',
    'POST /console/v1/users/{userId}/restore',
    'GET /console/v1/apps',
    'POST /console/v1/apps',
    'GET /console/v1/apps/{appKey}',
    'POST /console/v1/apps/{appKey}/rotate',
    'PUT /console/v1/apps/{appKey}/permissions',
    'PUT /console/v1/apps/{appKey}/authorizations/{corpId}',
    'GET /console/v1/apps/{appKey}/suiteTickets',
    'POST /console/v1/apps/{appKey}/suiteTickets',
    'GET /console/v1/robots',
    'POST /console/v1/robots',
    'GET /console/v1/robots/{robotCode}',
    'PUT /console/v1/robots/{robotCode}',
    'GET /console/v1/robots/{robotCode}/blocks',
    'PUT /console/v1/robots/{robotCode}/installations/{corpId}',
    'PUT /console/v1/robots/{robotCode}/templates/{msgKey}',
    'GET /console/v1/statistics',
    'GET /console/v1/audit',
    'GET /console/v1/departments',
    'POST /console/v1/departments',
    'GET /console/v1/departments/{deptId}',
    'PUT /console/v1/departments/{deptId}',
    'DELETE /console/v1/departments/{deptId}',
    'GET /console/v1/departments/{deptId}/users',
    'GET /console/v1/apps/{appKey}/contactScopes/{corpId}',
    'PUT /console/v1/apps/{appKey}/contactScopes/{corpId}',
    'GET /console/v1/groups',
    'POST /console/v1/groups',
    'GET /console/v1/groups/{openConversationId}',
    'PUT /console/v1/groups/{openConversationId}',
    'GET /console/v1/groups/{openConversationId}/members',
    'POST /console/v1/groups/{openConversationId}/members',
    'GET /console/v1/groups/{openConversationId}/memberships',
    'PUT /console/v1/groups/{openConversationId}/robots/{robotCode}',
    'POST /console/v1/groups/{openConversationId}/disband',
    'GET /console/v1/customRobots',
    'POST /console/v1/customRobots',
    'GET /console/v1/customRobots/{robotCode}',
    'PUT /console/v1/customRobots/{robotCode}',
    'DELETE /console/v1/customRobots/{robotCode}',
    'POST /console/v1/customRobots/{robotCode}/token',
    'POST /console/v1/customRobots/{robotCode}/secret',
    'GET /console/v1/apps/{appKey}/connections',
    'GET /console/v1/apps/{appKey}/events/{corpId}',
    'PUT /console/v1/apps/{appKey}/events/{corpId}',
    'GET /console/v1/apps/{appKey}/events/{corpId}/deliveries',
    'POST /console/v1/apps/{appKey}/events/{corpId}/deliveries/{number}/again',
    'GET /console/v1/endpoints',
    'POST /console/v1/endpoints',
    'GET /console/v1/endpoints/{endpointId}',
    'PUT /console/v1/endpoints/{endpointId}',
    'DELETE /console/v1/endpoints/{endpointId}',
    'POST /console/v1/endpoints/{endpointId}/secret',
    'POST /console/v1/endpoints/{endpointId}/test',
    'POST /console/v1/endpoints/{endpointId}/replay',
    'GET /console/v1/endpoints/{endpointId}/deliveries',
    'POST /console/v1/endpoints/{endpointId}/deliveries/{number}/again',
    'POST /v1.0/robot/ding/send',
    'POST /v1.0/robot/dingMessages/send',
    'POST /v1.0/robot/ding/recall',
    'POST /v1.0/robot/ding/readStatuses/query',
    'GET /inbox/v1/dings',
    'POST /inbox/v1/dings/read',
    'GET /console/v1/dings',
    'GET /console/v1/organizations/{corpId}/dingQuota',
    'PUT /console/v1/organizations/{corpId}/dingQuota',
    'GET /emulator/v1/dings',
    'POST /emulator/v1/dings/read',
    'PUT /emulator/v1/dingQuotas',
    'GET /console/v1/workNotices',
    'GET /console/v1/workNotices/{taskId}',
    'GET /console/v1/workNotices/{taskId}/missed',
    'POST /console/v1/workNotices/{taskId}/recall',
    'GET /emulator/v1/workNotices',
    'GET /emulator/v1/workNotices/{taskId}',
    'POST /emulator/v1/workNotices/read',
    'GET /emulator/v1/clock',
    'POST /emulator/v1/clock',
    'POST /emulator/v1/reads',
    'GET /emulator/v1/readers',
    'PUT /emulator/v1/readers',
    'GET /emulator/v1/delivery',
    'PUT /emulator/v1/delivery',
    'POST /emulator/v1/delivery/release',
    'GET /emulator/v1/faults',
    'PUT /emulator/v1/faults',
    'GET /emulator/v1/requests',
    'GET /emulator/v1/suiteTickets',
    'POST /emulator/v1/suiteTickets',
    'PUT /emulator/v1/templates',
    'PUT /emulator/v1/robots',
    'POST /emulator/v1/groups',
    'POST /emulator/v1/customRobots',
    'GET /emulator/v1/departments',
    'PUT /emulator/v1/departments',
    'PUT /emulator/v1/users',
    'POST /emulator/v1/reset',
    'GET /emulator/v1/snapshot',
    'PUT /emulator/v1/snapshot',
    'GET /healthz',
    'GET /readyz',
    'GET /metrics',
    'GET /openapi.json',
    'GET /docs',
    'GET /downloads/{name}',
    'GET /inbox/v1/messages/{messageId}/media/{mediaId}',
    'GET /console/v1/media',
    'POST /console/v1/media',
    'GET /console/v1/media/usage',
    'GET /console/v1/media/{mediaId}/content',
    'DELETE /console/v1/media/{mediaId}',
    'POST /emulator/v1/media',
    'POST /emulator/v1/downloadCodes',
    'POST /inbox/v1/conversations/{conversationId}/messages',
    'PUT /inbox/v1/media',
    'GET /console/v1/apps/{appKey}/messageUrl',
    'PUT /console/v1/apps/{appKey}/messageUrl',
    'POST /emulator/v1/messages',
  ]);
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
