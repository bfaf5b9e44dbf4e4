/**
 * Writes `docs/reference/http.md` from the OpenAPI document, which is generated from the schemas that check the calls.
 */

import { errors } from '../src/wire/errors.ts';
import { createOpenapi } from '../src/wire/openapi/document.ts';

type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly default?: unknown;
};
type Media = Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;
type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
};
type Operation = {
  readonly tags: readonly string[];
  readonly description: string;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Media };
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: Media }>>;
};
type Document = {
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

const document = createOpenapi('') as Document;

/** `docs/reference/http.md` */
export function httpPage(): string {
  const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const parts = document.tags.map(({ name, description }) => {
    const those = calls.filter(({ operation }) => operation.tags.includes(name));
    return `\n## ${name}\n\n${description}\n${those.map(callSection).join('')}`;
  });
  return `# HTTP

Generated from the schemas that validate the calls, like \`/openapi.json\` of a running huizhi, which has more detail and is shown at \`/docs\`. On the vendor's
paths, unknown fields and parameters are ignored; our own calls refuse them. Every error is a JSON object with \`code\`, \`requestid\` and \`message\`; the codes
link to [the table of errors](errors.md).
${parts.join('')}`;
}

type Call = { readonly path: string; readonly method: string; readonly operation: Operation };

function callSection({ path, method, operation }: Call): string {
  const { description, security = [], parameters = [], requestBody, responses } = operation;
  const schemes = security.flatMap((one) => Object.keys(one));
  const by = schemes.length === 0 ? '' : ` Needs ${schemes.map((name) => `\`${name}\``).join(' or ')}.`;
  const asked = parameters.map(({ name, in: where, required = false, description, schema = {} }) => ({
    name,
    note: `${where}, ${required ? 'required' : 'optional'}`,
    schema,
    description: description ?? schema.description ?? '',
  }));
  const body = requestBody && bodyPart(requestBody.content);
  const done = Object.entries(responses).filter(([status]) => Number(status) < 400);
  return [
    `\n### ${method} ${path}\n`,
    `${description}.${by}\n`,
    table(asked),
    body ? `Body:\n\n${body}` : '',
    ...done.map(([status, { content = {} }]) => `Answer ${status}${answerPart(content)}`),
    errorsOf(responses),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

type Row = { readonly name: string; readonly note: string; readonly schema: Schema; readonly description: string };

function table(rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const lines = rows.map(
    ({ name, note, schema, description }) => `| \`${name}\` | ${typeOf(schema)} | ${note} | ${cell(description)} |`,
  );
  return `${['| name | type | | |', '| --- | --- | --- | --- |', ...lines].join('\n')}\n`;
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function bodyPart(content: Media): string {
  const [media] = Object.values(content);
  const fields = table(rowsOf(media?.schema ?? {}, '', 0));
  return [fields, exampleOf(media?.example)].filter((part) => part !== '').join('\n');
}

function answerPart(content: Media): string {
  const [[type, media] = ['', undefined]] = Object.entries(content);
  if (media === undefined) return ', without a body.\n';
  if (type !== 'application/json') return ` as \`${type}\`.\n`;
  const fields = table(rowsOf(media.schema ?? {}, '', 0));
  return `:\n\n${[fields, exampleOf(media.example)].filter((part) => part !== '').join('\n') || 'An empty object.\n'}`;
}

function exampleOf(example: unknown): string {
  return example === undefined ? '' : `\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\`\n`;
}

const deepest = 3;

/** The fields of a schema, those of objects in lists as `list[].field`. */
function rowsOf(schema: Schema, prefix: string, depth: number): readonly Row[] {
  const { properties = {}, required = [], anyOf = [], allOf = [] } = resolveSchema(schema);
  const own = Object.entries(properties).flatMap(([name, field]) => {
    const inner = resolveSchema(field);
    const isList = inner.type === 'array';
    const nested = isList ? (inner.items ?? {}) : field;
    const path = `${prefix}${name}`;
    const note = required.includes(name) ? 'required' : 'optional';
    const row = { name: path, note, schema: field, description: inner.description ?? '' };
    return [row, ...(depth < deepest ? rowsOf(nested, `${path}${isList ? '[]' : ''}.`, depth + 1) : [])];
  });
  // Of alternatives the first is the usual one; the document has the others.
  return [...own, ...[...allOf, ...anyOf.slice(0, 1)].flatMap((one) => rowsOf(one, prefix, depth))];
}

function resolveSchema(schema: Schema): Schema {
  const { $ref } = schema;
  if ($ref === undefined) return schema;
  const { [$ref.replace('#/components/schemas/', '')]: found = {} } = document.components.schemas;
  return resolveSchema(found);
}

function typeOf(schema: Schema): string {
  const { type, items, enum: choices, const: only, anyOf } = resolveSchema(schema);
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (choices && choices.length <= 8) return choices.map((choice) => `\`${JSON.stringify(choice)}\``).join(', ');
  if (choices) return 'one of the codes';
  if (type === 'array') return `list of ${typeOf(items ?? {})}`;
  if (anyOf && anyOf.length > 8 && anyOf.every((one) => one.const !== undefined)) return 'one of the codes';
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' or ');
  return type === undefined ? 'any' : [type].flat().join(' or ');
}

/** Each code with a link to its explanation in the reference. */
function errorsOf(responses: Operation['responses']): string {
  const codes = Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .flatMap(([, { description = '' }]) => [...description.matchAll(/^- `([^`]+)`/gm)].map(([, code]) => code ?? ''));
  if (codes.length === 0) return '';
  const anchors: Readonly<Record<string, { readonly doc: string }>> = errors;
  const links = codes.map((code) => `[\`${code}\`](errors.md#${anchors[code]?.doc})`);
  return `Errors: ${links.join(', ')}\n`;
}
