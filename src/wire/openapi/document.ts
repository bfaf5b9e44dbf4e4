/** The description of every call, made from the schemas that check the calls and from the error table. */

import { consoleCookie, inboxCookie, tokenHeader } from '../headers.ts';
import { consoleEvent } from '../own/console-messages.ts';
import { inboxMessageEvent, inboxReadEvent, inboxRecallEvent } from '../own/inbox.ts';
import { type Call, jsonSchema, operation } from './call.ts';
import { consoleCalls } from './console.ts';
import { directoryCalls } from './console-directory.ts';
import { emulatorCalls } from './emulator.ts';
import { errorSchemas, type Json } from './errors.ts';
import { inboxCalls, operationsCalls } from './inbox.ts';
import { wireCalls } from './vendor.ts';

const calls: readonly Call[] = [
  ...wireCalls,
  ...inboxCalls,
  ...consoleCalls,
  ...directoryCalls,
  ...emulatorCalls,
  ...operationsCalls,
];

const tags = [
  { name: 'token', description: 'Tokens of apps, on the paths of the vendor.' },
  { name: 'robot', description: 'Messages of robots, on the paths of the vendor.' },
  { name: 'inbox', description: 'What a recipient sees and does.' },
  { name: 'console', description: 'What an operator does.' },
  { name: 'emulator', description: 'What a test controls; in dev only.' },
  { name: 'operations', description: 'Health, measurements, documentation.' },
];

const description = `Robot messages with read receipts: a server that speaks the DingTalk robot API.

Every error is a JSON object with code, requestid and message; any call can also answer \`InvalidAction.NotFound\` (404, an unknown
versioned path or a wrong method), and our own paths \`huizhi.notFound\` and \`huizhi.methodNotAllowed\`. Fields and parameters
that are not named here are ignored.`;

const securitySchemes = {
  accessToken: { type: 'apiKey', in: 'header', name: tokenHeader, description: 'The token of an app.' },
  accessTokenInQuery: { type: 'apiKey', in: 'query', name: tokenHeader, description: 'The same, as a parameter.' },
  inboxToken: { type: 'http', scheme: 'bearer', description: 'The token that signing in answers.' },
  inboxCookie: { type: 'apiKey', in: 'cookie', name: inboxCookie, description: 'The cookie that signing in sets.' },
  consoleCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: consoleCookie,
    description: 'The cookie of an operator; what changes something needs the header x-csrf-token, too.',
  },
  adminToken: { type: 'http', scheme: 'bearer', description: 'The admin token of the server.' },
};

const headers = {
  RetryAfter: { description: 'Seconds until a repeat makes sense.', schema: { type: 'integer', minimum: 0 } },
  RequestId: { description: 'The requestid of the answer.', schema: { type: 'string', format: 'uuid' } },
};

/** The OpenAPI 3.1 document of a version of the server. */
export function openapi(version: string): object {
  return {
    openapi: '3.1.0',
    info: { title: 'huizhi', version, description, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    tags,
    paths: paths(),
    components: { schemas: schemas(), headers, securitySchemes },
  };
}

function paths(): Json {
  const byPath = Map.groupBy(calls, (call) => call.path);
  const itemOf = (those: readonly Call[]) => Object.fromEntries(those.map((call) => [call.method, operation(call)]));
  return Object.fromEntries([...byPath].map(([path, those]) => [path, itemOf(those)]));
}

function schemas(): Json {
  const named = calls.flatMap(({ body, answer }) => [body, 'name' in answer ? answer : undefined]);
  const events = [
    { name: 'InboxMessageEvent', schema: inboxMessageEvent },
    { name: 'InboxReadEvent', schema: inboxReadEvent },
    { name: 'InboxRecallEvent', schema: inboxRecallEvent },
    { name: 'ConsoleEvent', schema: consoleEvent },
  ];
  const entries = [...named, ...events].flatMap((each) =>
    each ? [[each.name, jsonSchema(each.schema)] as const] : [],
  );
  return { ...errorSchemas, ...Object.fromEntries(entries) };
}
