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

/** Documents by the URL of the server, and by their text, which many servers share. */
const documents = new Map<string, Promise<Document>>();
const parsed = new Map<string, Document>();
const validators = new Map<string, z.ZodType>();

/** Fetches the `/openapi.json` of a server. */
export function documentOf(url: string): Promise<Document> {
  const known = documents.get(url);
  if (known) return known;
  const fetched = fetch(`${url}/openapi.json`).then(async (response) => parse(await response.text()));
  documents.set(url, fetched);
  return fetched;
}

function parse(text: string): Document {
  const document = parsed.get(text) ?? (JSON.parse(text) as Document);
  parsed.set(text, document);
  return document;
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
  const template = templateOf(document, path);
  const operation = document.paths[template ?? '']?.[method.toLowerCase()];
  if (!operation || ofAnyCall.includes(String(reply.body.code))) return;
  const documented = responseOf(document, operation, reply.status);
  if (!documented) throw new Error(`${method} ${path} answers ${reply.status}, undocumented: ${reply.text}`);
  const schema = documented.content?.['application/json']?.schema;
  if (!schema) return;
  const name = `${method} ${template} ${reply.status}`;
  const result = validator(document, name, schema).safeParse(JSON.parse(reply.text));
  if (!result.success)
    throw new Error(`${name} does not fit its schema: ${z.prettifyError(result.error)} ${reply.text.slice(0, 500)}`);
}

/** The documented response of a call with a status. */
export function responseOf(document: Document, operation: Operation, status: number): Response | undefined {
  const response = operation.responses[status];
  if (!response || !('$ref' in response)) return response;
  return document.components.responses[response.$ref.replace('#/components/responses/', '')];
}

/** The path template of the document that matches a path; one without variables takes precedence. */
function templateOf(document: Document, path: string): string | undefined {
  if (document.paths[path]) return path;
  const known = patterns.get(document) ?? Object.keys(document.paths).filter(hasVariable).map(toPattern);
  patterns.set(document, known);
  return known.find(({ pattern }) => pattern.test(path))?.template;
}

const patterns = new WeakMap<Document, readonly { readonly template: string; readonly pattern: RegExp }[]>();

const hasVariable = (template: string) => template.includes('{');

const toPattern = (template: string) => ({
  template,
  pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`),
});

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
