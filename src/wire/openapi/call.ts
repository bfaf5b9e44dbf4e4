/** Converts the description of a call to an OpenAPI operation. */
import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import { consoleRights } from '../own/console-rights.ts';
import { answerHeaders, createErrorResponses, type Json, type SharedErrors } from './errors.ts';

/** A schema with its name in `components.schemas`, an example, and headers in addition to the usual ones. */
export type Named = {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly example?: unknown;
  readonly headers?: Json;
  /** The content type; JSON if absent. */
  readonly mediaType?: string;
};

/** Creates a schema with a name and an example. */
export function createNamed(name: string, schema: z.ZodType, example: unknown): Named {
  return { name, schema, example };
}

/**
 * A response that is not described by a JSON schema. `events` are the schemas of the event data of an event stream, and
 * `json` is the response to clients that accept JSON instead.
 */
type Text = {
  readonly mediaType: string;
  readonly description: string;
  readonly events?: readonly Named[];
  readonly json?: Named;
};

/** The documentation of one API call. */
export type Call = {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly id: string;
  readonly tag:
    | 'token'
    | 'robot'
    | 'contacts'
    | 'groups'
    | 'notices'
    | 'media'
    | 'events'
    | 'inbox'
    | 'console'
    | 'emulator'
    | 'operations';
  readonly summary: string;
  /** Whether the call belongs to the vendor's old host, which takes the token as another parameter. */
  readonly isOldHost?: true;
  readonly query?: z.ZodObject;
  /** Whether the query is another party's, so that unknown parameters are ignored. */
  readonly hasForeignQuery?: true;
  readonly headers?: z.ZodObject;
  readonly body?: Named;
  readonly answer: Named | Text | { readonly redirect: string };
  readonly errors: readonly ErrorCode[];
};

/** Security schemes by the tag of a call; any one of them is sufficient. */
const security: { readonly [tag in Call['tag']]: readonly Json[] } = {
  token: [],
  robot: [{ accessToken: [] }, { accessTokenInQuery: [] }],
  contacts: [{ accessToken: [] }, { accessTokenInQuery: [] }],
  media: [{ accessToken: [] }, { accessTokenInQuery: [] }],
  events: [{ accessToken: [] }, { accessTokenInQuery: [] }],
  groups: [{ accessToken: [] }, { accessTokenInQuery: [] }],
  notices: [],
  inbox: [{ inboxToken: [] }, { inboxCookie: [] }],
  console: [{ adminToken: [] }, { consoleCookie: [] }],
  emulator: [],
  operations: [],
};

/** Calls that need neither a session nor the token of an app, such as signing in. */
const openCalls = [
  'signIn',
  'startOidc',
  'finishOidc',
  'consoleSignIn',
  'startConsoleOidc',
  'finishConsoleOidc',
  'signInOperator',
  'sendByWebhook',
  'replyBySession',
];

/** Calls for which a session of the console is not enough. */
const tokenCalls = ['backUpDatabase'];

/**
 * Creates the operation of a call. The summary is the id of the call, because viewers list summaries; the description
 * says what it does.
 */
export function createOperation(call: Call, shared: SharedErrors, description = call.summary): Json {
  const parameters = [
    ...createPathParameters(call.path),
    ...createParameters('query', call.query),
    ...createParameters('header', call.headers),
  ];
  const right = findRight(call);
  return {
    operationId: call.id,
    tags: [call.tag],
    summary: call.id,
    description,
    security: findSecurity(call),
    ...(right && { 'x-huizhi-right': right }),
    ...(parameters.length > 0 && { parameters }),
    ...(call.body && { requestBody: { required: true, content: createJsonContent(call.body) } }),
    responses: { ...createResponses(call.answer), ...createErrorResponses(errorsOf(call), shared) },
  };
}

const findRight = ({ method, path }: Call) => consoleRights[`${method.toUpperCase()} ${path}`];

function findSecurity({ id, tag, isOldHost }: Call): readonly Json[] {
  if (openCalls.includes(id)) return [];
  if (tokenCalls.includes(id)) return [{ adminToken: [] }];
  return isOldHost ? [{ oldAccessToken: [] }] : security[tag];
}

/**
 * Lists the errors of a call and those of all calls: a request that is not valid HTTP, or whose headers are too long,
 * is refused before its path is known. huizhi's own APIs also refuse bad bodies, and changes from pages of other sites,
 * and the console refuses operators without the right.
 */
export function errorsOf(call: Call): readonly ErrorCode[] {
  const { method, tag, errors } = call;
  const isOwn = tag === 'inbox' || tag === 'console' || tag === 'emulator';
  const ofEvery: readonly ErrorCode[] = ['huizhi.badRequest', ...(isOwn ? bodyErrors : [])];
  return [
    ...new Set<ErrorCode>([
      ...errors,
      ...ofEvery,
      ...(isOwn && (method !== 'get' || findRight(call)) ? [forbidden] : []),
    ]),
  ];
}

/** A change from a page of another site, or a call without the right. */
const forbidden: ErrorCode = 'huizhi.forbidden';

/** A body is also read where a call takes none, to refuse it if it has members. */
const bodyErrors: readonly ErrorCode[] = ['huizhi.tooDeep', 'huizhi.tooLarge', 'huizhi.requestTimeout', 'huizhi.busy'];

/** Creates the JSON Schema of a request or response, without the bounds that zod adds to every integer. */
export function createJsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => simplifySchema(jsonSchema),
  });
  return json;
}

function simplifySchema(json: { [key: string]: unknown }): void {
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  // Query parameters are strings on the wire; the document gives the type that they represent.
  if (json.type === 'integer') delete json.pattern;
  if (json.type === 'boolean') delete json.enum;
}

function createPathParameters(path: string): readonly Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function createParameters(place: 'query' | 'header', schema: z.ZodObject | undefined): readonly Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const { description, ...json } = createJsonSchema(field as z.ZodType);
    const required = !(field as z.ZodType).safeParse(undefined).success;
    return { name, in: place, required, ...(description !== undefined && { description }), schema: json };
  });
}

function createResponses(answer: Call['answer']): Json {
  if ('redirect' in answer) return { 302: { description: answer.redirect, headers: answerHeaders } };
  return { 200: createOkResponse(answer) };
}

function createOkResponse(answer: Exclude<Call['answer'], { readonly redirect: string }>): Json {
  if ('name' in answer) {
    const headers = { ...answerHeaders, ...answer.headers };
    return { description: 'Done.', headers, content: createJsonContent(answer) };
  }
  const type = answer.mediaType === 'application/json' ? 'object' : 'string';
  const schema = { type, ...(answer.events && createEventSchema(answer.events)) };
  const content = { [answer.mediaType]: { schema }, ...(answer.json && createJsonContent(answer.json)) };
  return { description: answer.description, headers: answerHeaders, content };
}

/** Describes the data of the events of a stream, as string content (JSON Schema 2020-12, section 8.5). */
function createEventSchema(events: readonly Named[]): Json {
  const anyOf = events.map(({ name }) => ({ $ref: `#/components/schemas/${name}` }));
  return { contentMediaType: 'application/json', contentSchema: anyOf.length === 1 ? anyOf[0] : { anyOf } };
}

function createJsonContent({ name, example, mediaType = 'application/json' }: Named): Json {
  const schema = { $ref: `#/components/schemas/${name}` };
  return { [mediaType]: { schema, ...(example !== undefined && { example }) } };
}
