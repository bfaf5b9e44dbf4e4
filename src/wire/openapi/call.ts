/** How one call becomes an operation of the OpenAPI document. */
import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import { answerHeaders, errorResponses, type Json } from './errors.ts';

/** A schema with the name that it has among the components, an example of it, and headers beside the usual ones. */
export type Named = {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly example?: unknown;
  readonly headers?: Json;
};

/** An answer that is no JSON object of a schema. Of a stream, `events` are the schemas of the data of its events. */
type Text = { readonly mediaType: string; readonly description: string; readonly events?: readonly Named[] };

/** One call, as it is documented. */
export type Call = {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly id: string;
  readonly tag: 'token' | 'robot' | 'inbox' | 'console' | 'emulator' | 'operations';
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: Named;
  readonly answer: Named | Text | { readonly redirect: string };
  readonly errors: readonly ErrorCode[];
};

/** Ways to prove who calls, by the tag of the call: any one of them is enough. */
const security: { readonly [tag in Call['tag']]: readonly Json[] } = {
  token: [],
  robot: [{ accessToken: [] }, { accessTokenInQuery: [] }],
  inbox: [{ inboxToken: [] }, { inboxCookie: [] }],
  console: [{ adminToken: [] }, { consoleCookie: [] }],
  emulator: [],
  operations: [],
};

/** Signing in needs no session. */
const openCalls = ['signIn', 'startOidc', 'finishOidc', 'signInOperator'];

/** The operation of a call. Its summary is its name, so that viewers list names; what it does is the description. */
export function operation(call: Call, description = call.summary): Json {
  const parameters = [
    ...pathParameters(call.path),
    ...parametersOf('query', call.query),
    ...parametersOf('header', call.headers),
  ];
  return {
    operationId: call.id,
    tags: [call.tag],
    summary: call.id,
    description,
    security: openCalls.includes(call.id) ? [] : security[call.tag],
    ...(parameters.length > 0 && { parameters }),
    ...(call.body && { requestBody: { required: true, content: jsonContent(call.body) } }),
    responses: { ...answerOf(call.answer), ...errorResponses(errorsOf(call)) },
  };
}

/**
 * The errors of a call and those of every call: a request that is not HTTP, or has headers that are too long, is refused before its path is
 * known. On our own surfaces calls that change something are refused to pages of other sites.
 */
function errorsOf({ method, tag, errors }: Call): readonly ErrorCode[] {
  const isOpen = method === 'get' || tag === 'token' || tag === 'robot';
  return [...new Set<ErrorCode>([...errors, 'huizhi.badRequest', ...(isOpen ? [] : ['huizhi.forbidden' as const])])];
}

/** The JSON Schema of what is sent or answered, without the bounds that every whole number has. */
export function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => tidy(jsonSchema),
  });
  return json;
}

function tidy(json: { [key: string]: unknown }): void {
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  // A number or boolean in a query arrives as text; here it is what it stands for.
  if (json.type === 'integer') delete json.pattern;
  if (json.type === 'boolean') delete json.enum;
}

function pathParameters(path: string): readonly Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function parametersOf(place: 'query' | 'header', schema: z.ZodObject | undefined): readonly Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const { description, ...json } = jsonSchema(field as z.ZodType);
    const required = !(field as z.ZodType).safeParse(undefined).success;
    return { name, in: place, required, ...(description !== undefined && { description }), schema: json };
  });
}

function answerOf(answer: Call['answer']): Json {
  if ('redirect' in answer) return { 302: { description: answer.redirect, headers: answerHeaders } };
  return { 200: okAnswer(answer) };
}

function okAnswer(answer: Exclude<Call['answer'], { readonly redirect: string }>): Json {
  if ('name' in answer) {
    const headers = { ...answerHeaders, ...answer.headers };
    return { description: 'Done.', headers, content: jsonContent(answer) };
  }
  const type = answer.mediaType === 'application/json' ? 'object' : 'string';
  const schema = { type, ...(answer.events && eventsOf(answer.events)) };
  return { description: answer.description, headers: answerHeaders, content: { [answer.mediaType]: { schema } } };
}

/** JSON Schema 2020-12, 8.5: the content of a string. Here it is the data of each event. */
function eventsOf(events: readonly Named[]): Json {
  const anyOf = events.map(({ name }) => ({ $ref: `#/components/schemas/${name}` }));
  return { contentMediaType: 'application/json', contentSchema: anyOf.length === 1 ? anyOf[0] : { anyOf } };
}

function jsonContent({ name, example }: Named): Json {
  const schema = { $ref: `#/components/schemas/${name}` };
  return { 'application/json': { schema, ...(example !== undefined && { example }) } };
}
