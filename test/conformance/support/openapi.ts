import { z } from 'zod';
import type { Fields, Reply } from './harness.ts';

export type Schema = z.core.JSONSchema.JSONSchema;
type Media = { readonly schema?: Schema };
export type Operation = {
  readonly 'x-huizhi-right'?: string;
  readonly responses: Readonly<Record<string, Response | { readonly $ref: string }>>;
};
type Response = { readonly content?: Readonly<Record<string, Media>> };

/** The part of an OpenAPI document that this suite uses. */
export type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
};

const documents = new Map<string, Promise<Document>>();
const validators = new Map<string, z.ZodType>();

/** Fetches the `/openapi.json` of a server. */
export function documentOf(url: string): Promise<Document> {
  const known = documents.get(url);
  if (known) return known;
  const fetched = fetch(`${url}/openapi.json`).then(async (response) => (await response.json()) as Document);
  documents.set(url, fetched);
  return fetched;
}

/** Error codes of any call, whether documented for it or not. */
export const ofAnyCall = [
  'InvalidAction.NotFound',
  'huizhi.notFound',
  'huizhi.methodNotAllowed',
  'huizhi.forbidden',
  'huizhi.unknownHost',
];

/** Checks an answer by the server's document for its path and status. Throws if they disagree. */
export async function checkAnswer(url: string, method: string, path: string, reply: Reply): Promise<void> {
  const document = await documentOf(url);
  const operation = operationOf(document, method, path);
  if (!operation || ofAnyCall.includes(String(reply.body.code))) return;
  const documented = responseOf(document, operation, reply.status);
  if (!documented) throw new Error(`${method} ${path} answers ${reply.status}, undocumented: ${reply.text}`);
  const schema = documented.content?.['application/json']?.schema;
  if (!schema) return;
  const name = `${method} ${templateOf(document, path)} ${reply.status}`;
  const result = validator(document, name, schema).safeParse(JSON.parse(reply.text));
  if (!result.success)
    throw new Error(`${name} does not fit its schema: ${z.prettifyError(result.error)} ${reply.text.slice(0, 500)}`);
}

function operationOf(document: Document, method: string, path: string): Operation | undefined {
  return document.paths[templateOf(document, path) ?? '']?.[method.toLowerCase()];
}

/** The documented response of a call with a status. */
export function responseOf(document: Document, operation: Operation, status: number): Response | undefined {
  const response = operation.responses[status];
  if (!response || !('$ref' in response)) return response;
  return document.components.responses[response.$ref.replace('#/components/responses/', '')];
}

/** The path template of the document that matches a path; one without variables takes precedence. */
function templateOf({ paths }: Document, path: string): string | undefined {
  if (paths[path]) return path;
  return Object.keys(paths).find((template) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
}

/** Checks values by a schema of the document; `name` identifies the schema in a cache. */
export function validator({ components }: Pick<Document, 'components'>, name: string, schema: Schema): z.ZodType {
  const known = validators.get(name);
  if (known) return known;
  const whole = strict({ ...schema, $defs: components.schemas });
  const made = z.fromJSONSchema(whole as Schema);
  validators.set(name, made);
  return made;
}

/** The same schema with references in the form of zod, and without undocumented members. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value === 'string') return value.replace('#/components/schemas/', '#/$defs/');
  if (typeof value !== 'object' || value === null) return value;
  const made: Fields = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, strict(each)]));
  const isClosed = 'properties' in made && 'required' in made && !('additionalProperties' in made);
  return isClosed ? { ...made, additionalProperties: false } : made;
}
