/** The OpenAPI document, generated from the schemas that validate the calls and from the error table. */
import { consoleCookie, inboxCookie, tokenHeader } from '../headers.ts';
import { type Call, createJsonSchema, createOperation, errorsOf } from './call.ts';
import { cardCalls } from './cards.ts';
import { chineseDescription, chineseSummaries, chineseTags } from './chinese.ts';
import { translateDescriptions } from './chinese-fields/index.ts';
import { composeCalls } from './compose.ts';
import { consoleCalls } from './console.ts';
import { departmentCalls } from './console-departments.ts';
import { directoryCalls } from './console-directory.ts';
import { consoleGroupCalls } from './console-groups.ts';
import { contactCalls } from './contacts.ts';
import { consoleCustomRobotCalls, customRobotCalls } from './custom-robots.ts';
import { dingCalls } from './dings.ts';
import { emulatorCalls } from './emulator.ts';
import { endpointCalls } from './endpoints.ts';
import { createSharedResponses, errorSchemas, findSharedErrors, type Json, type SharedErrors } from './errors.ts';
import { groupManagementCalls } from './group-management.ts';
import { groupCalls } from './groups.ts';
import { inboxCalls, operationsCalls } from './inbox.ts';
import { inboxConversationCalls } from './inbox-conversations.ts';
import { ownMediaCalls, vendorMediaCalls } from './media.ts';
import { noticeCalls, ownNoticeCalls } from './notices.ts';
import { operatorCalls } from './operators.ts';
import { consolePushCalls, pushCalls } from './push.ts';
import { robotSettingsCalls } from './robot-settings.ts';
import { consoleStreamCalls, streamCalls } from './stream.ts';
import { ownTalkCalls, talkCalls } from './talk.ts';
import { wireCalls } from './vendor.ts';

const everyCall: readonly Call[] = [
  ...wireCalls,
  ...streamCalls,
  ...pushCalls,
  ...contactCalls,
  ...vendorMediaCalls,
  ...groupCalls,
  ...customRobotCalls,
  ...groupManagementCalls,
  ...robotSettingsCalls,
  ...noticeCalls,
  ...talkCalls,
  ...inboxCalls,
  ...inboxConversationCalls,
  ...consoleCalls,
  ...operatorCalls,
  ...composeCalls,
  ...directoryCalls,
  ...departmentCalls,
  ...consoleGroupCalls,
  ...consoleCustomRobotCalls,
  ...consoleStreamCalls,
  ...consolePushCalls,
  ...endpointCalls,
  ...dingCalls,
  ...cardCalls,
  ...ownNoticeCalls,
  ...emulatorCalls,
  ...operationsCalls,
  ...ownMediaCalls,
  ...ownTalkCalls,
];

/** What a call accepts besides its path. */
export type Accepted = { readonly hasQuery: boolean; readonly hasBody: boolean };

/** What each call accepts, by its method and path, such as `GET /console/v1/apps/{appKey}`. */
export const acceptedByCall: ReadonlyMap<string, Accepted> = new Map(
  everyCall.map(({ method, path, query, hasForeignQuery, body }) => [
    `${method.toUpperCase()} ${path}`,
    { hasQuery: query !== undefined || hasForeignQuery === true, hasBody: body !== undefined },
  ]),
);

/** Which optional calls a server has. */
export type Served = {
  /** The calls of `dev`: the emulator's, and the list of users to sign in as. */
  readonly emulator: boolean;
  /** Sign-in by OpenID Connect. */
  readonly oidc: boolean;
};

const allCalls: Served = { emulator: true, oidc: true };
const devCalls = ['listPeople'];
const oidcCalls = ['startOidc', 'finishOidc', 'startConsoleOidc', 'finishConsoleOidc'];

const tags: readonly { readonly name: Call['tag']; readonly description: string }[] = [
  { name: 'token', description: 'Access tokens of apps, on the paths of the vendor.' },
  { name: 'robot', description: 'Robot messages, on the paths of the vendor.' },
  {
    name: 'contacts',
    description:
      'Users and departments, on the paths of the vendor. The calls under /topapi/ also accept GET, and their parameters as a form or in the query.',
  },
  { name: 'media', description: 'Uploads of files, on the paths of the vendor.' },
  { name: 'groups', description: 'Groups with members and robots, on the paths of the vendor.' },
  {
    name: 'notices',
    description:
      'Work notices, on the paths of the vendor. The calls also accept GET, and their parameters as a form or in the query.',
  },
  {
    name: 'events',
    description: 'Encrypted HTTP pushes of events to internal apps, on the paths of the vendor.',
  },
  { name: 'inbox', description: 'The inbox of a recipient.' },
  { name: 'console', description: 'The console of an operator.' },
  { name: 'emulator', description: 'Controls for tests; in dev only.' },
  { name: 'operations', description: 'Health, metrics, documentation.' },
];

const description = `Robot messages with read receipts: a server that speaks the DingTalk robot API.

Every error is a JSON object with code, requestid and message. A path or method that is not listed here is \`InvalidAction.NotFound\` (404)
on the paths of the vendor; on our own paths it is \`huizhi.notFound\` (404) or \`huizhi.methodNotAllowed\` (405), and below \`/console/v1\`
\`huizhi.unauthorized\` (401) without credentials. Unknown fields and parameters are ignored on the paths of the vendor, and refused on our own.`;

const securitySchemes = {
  accessToken: { type: 'apiKey', in: 'header', name: tokenHeader, description: 'The token of an app.' },
  accessTokenInQuery: { type: 'apiKey', in: 'query', name: tokenHeader, description: 'The same, as a parameter.' },
  oldAccessToken: {
    type: 'apiKey',
    in: 'query',
    name: 'access_token',
    description: 'The token of an app, on paths without a version; a form may have it, too.',
  },
  inboxToken: { type: 'http', scheme: 'bearer', description: 'The token that signing in returns.' },
  inboxCookie: { type: 'apiKey', in: 'cookie', name: inboxCookie, description: 'The cookie that signing in sets.' },
  consoleCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: consoleCookie,
    description: 'The cookie of an operator; changes also need the header x-csrf-token.',
  },
  adminToken: { type: 'http', scheme: 'bearer', description: 'The admin token of the server.' },
};

const headers = {
  RetryAfter: { description: 'Seconds until a repeat makes sense.', schema: { type: 'integer', minimum: 0 } },
  Left: {
    description: 'How many recipients have left the organization without reading; absent when there are none.',
    schema: { type: 'integer', minimum: 1 },
  },
  RequestId: { description: 'The requestid of the response.', schema: { type: 'string', format: 'uuid' } },
};

/** A language of the document. In Chinese, all descriptions but those of errors are translated. */
export type Language = 'en' | 'zh';

/**
 * Creates the OpenAPI 3.1 document of a server version. `served` selects the optional calls; by default it has all
 * calls.
 */
export function createOpenapi(version: string, served = allCalls, language: Language = 'en'): object {
  const calls = everyCall.filter((call) => isServed(call, served));
  const shared = findSharedErrors(calls.map((call) => ({ id: call.id, codes: errorsOf(call) })));
  const isChinese = language === 'zh';
  const translate = (part: Json) => (isChinese ? translateDescriptions(part) : part);
  const describeTag = (tag: (typeof tags)[number]) => (isChinese ? chineseTags[tag.name] : tag.description);
  return {
    openapi: '3.1.0',
    info: {
      title: 'huizhi',
      version,
      description: isChinese ? chineseDescription : description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: tags
      .filter(({ name }) => calls.some(({ tag }) => tag === name))
      .map((tag) => ({ name: tag.name, description: describeTag(tag) })),
    paths: translate(createPaths(calls, shared, isChinese ? chineseSummaries : {})),
    components: translate({
      schemas: createSchemas(calls),
      responses: createSharedResponses(shared),
      headers,
      securitySchemes,
    }),
  };
}

function isServed({ id, tag }: Call, { emulator, oidc }: Served): boolean {
  if (tag === 'emulator' || devCalls.includes(id)) return emulator;
  return oidc || !oidcCalls.includes(id);
}

function createPaths(calls: readonly Call[], shared: SharedErrors, texts: Readonly<Record<string, string>>): Json {
  const byPath = Map.groupBy(calls, (call) => call.path);
  const createPathItem = (those: readonly Call[]) =>
    Object.fromEntries(those.map((call) => [call.method, createOperation(call, shared, texts[call.id])]));
  return Object.fromEntries([...byPath].map(([path, those]) => [path, createPathItem(those)]));
}

function createSchemas(calls: readonly Call[]): Json {
  const named = calls.flatMap(({ body, answer }) => [
    body ?? [],
    'name' in answer ? answer : [],
    'events' in answer ? [...(answer.events ?? []), ...(answer.json ? [answer.json] : [])] : [],
  ]);
  const schemas: { [name: string]: Json } = {};
  for (const { name, schema } of named.flat()) {
    const json = createJsonSchema(schema);
    if (schemas[name] !== undefined && JSON.stringify(schemas[name]) !== JSON.stringify(json))
      throw new TypeError(`two schemas have the name ${name}`);
    schemas[name] = json;
  }
  return { ...errorSchemas, ...schemas };
}
