import type { Operation, Schema } from './document.ts';
import { type Draft, encoded } from './draft.ts';
import { group, messages, noticeAgentId, secretOf } from './organizations.ts';
import type { Random } from './random.ts';
import { adminToken } from './server.ts';
import { valuesOf, type World } from './world.ts';

/** What a generator of values needs. */
type Source = {
  readonly world: World;
  readonly random: Random;
  /** Whether the call changes the things that it names. */
  readonly changes: boolean;
};

/** A request that the document allows, with ids, tokens and keys that exist. */
export function createValid(world: World, operation: Operation, random: Random): Draft {
  const source = { world, random, changes: operation.tags[0] === 'console' && operation.method !== 'GET' };
  const parameters = operation.parameters ?? [];
  const inPath = (_: string, name: string) => encoded(textOf(source, { type: 'string' }, name));
  const query = parameters
    .filter((one) => one.in === 'query' && one.name !== 'access_token' && (one.required || random.chance(0.3)))
    .map((one) => [one.name, encoded(String(generate(source, one.schema, one.name)))] as const);
  const headers = parameters
    .filter((one) => one.in === 'header' && random.chance(0.2))
    .map((one) => [one.name, String(generate(source, one.schema, one.name))] as const);
  const draft: Draft = {
    method: operation.method,
    path: operation.template.replace(/\{(\w+)\}/g, inPath),
    query,
    headers: [['host', world.host], ...headers],
  };
  return withCredentials(source, operation, withBody(source, operation, draft));
}

function withBody(source: Source, operation: Operation, draft: Draft): Draft {
  const content = operation.requestBody?.content ?? {};
  if (content['multipart/form-data']) return withUpload(source, draft);
  if (content['application/octet-stream'])
    return { ...draft, body: gif, headers: [...draft.headers, ['content-type', 'application/octet-stream']] };
  const schema = content['application/json']?.schema;
  // Calls with yet another content type get no body, and have to refuse that.
  if (!schema) return draft;
  const json = fitted(source, operation, generate(source, schema, ''));
  const isForm = takesForms(operation) && source.random.chance(0.4);
  if (isForm) return withForm(draft, json as Record<string, unknown>, source.random.chance(0.5));
  return { ...draft, json, headers: [...draft.headers, ['content-type', 'application/json']] };
}

/** Whether a call of the old host also takes its parameters as a form and in the query. */
function takesForms({ security = [] }: Operation): boolean {
  return security.some((scheme) => 'oldAccessToken' in scheme);
}

/** Puts the parameters of a call into a form or into the query. */
function withForm(draft: Draft, json: Record<string, unknown>, isInQuery: boolean): Draft {
  const pairs = Object.entries(json).map(([name, value]) => {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return [encoded(name), encoded(text)] as const;
  });
  if (isInQuery) return { ...draft, query: [...draft.query, ...pairs] };
  const body = Buffer.from(pairs.map(([name, value]) => `${name}=${value}`).join('&'));
  return { ...draft, body, headers: [...draft.headers, ['content-type', 'application/x-www-form-urlencoded']] };
}

/** The smallest GIF: one pixel. */
const gif = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64');

/** Uploads a picture under a random name. */
function withUpload({ random }: Source, draft: Draft): Draft {
  const boundary = random.word(20);
  const type = random.chance(0.8) ? 'image' : random.pick(['voice', 'video', 'file']);
  const part = (head: string) => `--${boundary}\r\ncontent-disposition: form-data; ${head}\r\n\r\n`;
  const body = Buffer.concat([
    Buffer.from(`${part('name="type"')}${type}\r\n${part(`name="media"; filename="${random.word(6)}.gif"`)}`),
    gif,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  return { ...draft, body, headers: [...draft.headers, ['content-type', `multipart/form-data; boundary=${boundary}`]] };
}

/**
 * Fields that belong together: a message and its parameters, an app and its secret, a snapshot that the server has
 * given.
 */
function fitted({ world, random }: Source, { operationId }: Operation, json: unknown): unknown {
  const fields = json as Record<string, unknown>;
  if ('msgParam' in fields) {
    const [msgKey, param] = random.pick(Object.entries(messages));
    const to = operationId === 'batchSend' ? { userIds: ['alice', 'bob'] } : { openConversationId };
    const isLikely = random.chance(0.8) ? { robotCode: 'robot-one', ...to } : {};
    return { ...fields, ...isLikely, msgKey, msgParam: JSON.stringify(param) };
  }
  if (operationId === 'setSnapshot') return world.snapshot ?? json;
  for (const [key, secret] of Object.entries(secretFields)) {
    if (typeof fields[key] === 'string') fields[secret] = secretOf(fields[key]);
  }
  if ('adminToken' in fields) fields.adminToken = adminToken;
  if ('agent_id' in fields) Object.assign(fields, fittedNotice(world, random, fields));
  return fields;
}

const { openConversationId } = group;

/** The agent_id, the message and a task of a call for work notices. */
function fittedNotice(world: World, random: Source['random'], fields: Record<string, unknown>) {
  const tasks = valuesOf(world, 'task_id', false);
  const task = tasks.length > 0 && random.chance(0.9) ? { task: Number(random.pick(tasks)) } : {};
  return {
    ...(random.chance(0.9) && { agent_id: noticeAgentId }),
    ...('msg' in fields && random.chance(0.9) && { msg: random.pick(notices) }),
    ...('userid_list' in fields && random.chance(0.8) && { userid_list: 'alice,bob' }),
    ...('task_id' in fields && task.task !== undefined && { task_id: task.task }),
    ...('msg_task_id' in fields && task.task !== undefined && { msg_task_id: task.task }),
  };
}

const notices = [
  { msgtype: 'text', text: { content: 'Hello' } },
  { msgtype: 'markdown', markdown: { title: 'T', text: '# Hello' } },
  { msgtype: 'image', image: { media_id: '@image' } },
  {
    msgtype: 'oa',
    oa: { message_url: 'https://example.com', head: { bgcolor: 'FFBBBBBB', text: '' }, body: { title: 'T' } },
  },
];

const secretFields = { appKey: 'appSecret', suiteKey: 'suiteSecret', client_id: 'client_secret' } as const;

function withCredentials({ world, random }: Source, operation: Operation, draft: Draft): Draft {
  const schemes = operation.security ?? [];
  if (schemes.length === 0) return pairInQuery(draft, operation);
  const [scheme = ''] = Object.keys(random.pick(schemes));
  const { credentials } = world;
  const add = (name: string, value: string): Draft => ({ ...draft, headers: [...draft.headers, [name, value]] });
  const token = random.chance(0.85) ? (credentials.tokens[0] ?? '') : random.pick(credentials.tokens);
  const { name = '' } = world.api.securitySchemes[scheme] ?? {};
  if (scheme === 'accessToken') return add(name, token);
  if (scheme === 'accessTokenInQuery' || scheme === 'oldAccessToken')
    return { ...draft, query: [...draft.query, [name, encoded(token)]] };
  const session = random.pick(credentials.sessions);
  if (scheme === 'inboxToken') return add('authorization', `Bearer ${session}`);
  if (scheme === 'inboxCookie') return add('cookie', `${name}=${session}`);
  if (scheme === 'adminToken') return add('authorization', `Bearer ${adminToken}`);
  const { cookie, csrf } = credentials.console;
  const signed = add('cookie', cookie);
  return { ...signed, headers: [...signed.headers, ['x-csrf-token', csrf]] };
}

function pairInQuery(draft: Draft, { operationId }: Operation): Draft {
  if (operationId !== 'getToken') return draft;
  return {
    ...draft,
    query: [
      ['appkey', 'app-one'],
      ['appsecret', secretOf('app-one')],
    ],
  };
}

/** A value that a schema allows. */
function generate(source: Source, given: Schema, name: string): unknown {
  const { random, world } = source;
  const schema = world.api.resolve(given);
  const either = schema.anyOf ?? schema.oneOf;
  if (either && either.length > 0) return generate(source, random.pick(either) as Schema, name);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum && schema.enum.length > 0) return random.pick(schema.enum);
  if (schema.type === 'object') return objectOf(source, schema);
  if (schema.type === 'array') return arrayOf(source, schema, name);
  if (schema.type === 'boolean') return random.chance(0.5);
  if (schema.type === 'integer' || schema.type === 'number') return numberOf(source, schema);
  if (schema.type === 'null') return null;
  return textOf(source, schema, name);
}

function objectOf(source: Source, schema: Schema): Record<string, unknown> {
  const { random } = source;
  const all = Object.entries(schema.properties ?? {});
  const least = schema.minProperties ?? 0;
  const most = schema.maxProperties ?? all.length;
  // Without its timeout, a call that waits would wait for 5 seconds.
  const isRequired = (name: string) => schema.required?.includes(name) === true || name === 'timeout';
  const taken = all.filter(([name]) => isRequired(name) || (most === all.length && random.chance(0.5)));
  const some = taken.length < least ? [random.pick(all)] : taken;
  return Object.fromEntries(some.map(([name, each]) => [name, generate(source, each as Schema, name)]));
}

function arrayOf(source: Source, { items, minItems = 0, maxItems = 20 }: Schema, name: string): unknown[] {
  const length = Math.min(maxItems, Math.max(minItems, 1) + source.random.int(3));
  return Array.from({ length }, () => generate(source, (items ?? {}) as Schema, name));
}

function numberOf({ random }: Source, { type, minimum = 0, maximum = 1000 }: Schema): number {
  if (type === 'number') return minimum + (Math.min(maximum, minimum + 1) - minimum) * (random.int(11) / 10);
  return minimum + random.int(Math.min(100, maximum - minimum + 1));
}

/** A known value of this name, or a new one. */
function textOf(source: Source, schema: Schema, name: string): string {
  const { random, world, changes } = source;
  const known = valuesOf(world, name, changes);
  if (known.length > 0 && random.chance(0.95)) return random.pick(known);
  return random.word(Math.max(schema.minLength ?? 0, Math.min(schema.maxLength ?? 8, 8)));
}
