/**
 * Renders `docs/reference/http.md` and `docs/zh/reference/http.md` from the OpenAPI document, which is generated from
 * the schemas that check the calls.
 */

import { errors } from '../src/wire/errors.ts';
import { createOpenapi, type Language } from '../src/wire/openapi/document.ts';

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
  readonly responses: Readonly<Record<string, Response | { readonly $ref: string }>>;
};
type Response = { readonly description?: string; readonly content?: Media };
type Document = {
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
};

const english = {
  head: `# HTTP

Generated from the schemas that validate the calls, like \`/openapi.json\` of a running huizhi, which has more detail and is shown at \`/docs\`. On the vendor's
paths, unknown fields and parameters are ignored; our own calls refuse them. Every error is a JSON object with \`code\`, \`requestid\` and \`message\`; the codes
link to [the table of errors](errors.md).
`,
  stop: '.',
  needs: (schemes: readonly string[]) => ` Needs ${schemes.join(' or ')}.`,
  required: 'required',
  optional: 'optional',
  noteOf: (where: string, need: string) => `${where}, ${need}`,
  columns: '| name | type | | |',
  body: 'Body:',
  answer: (status: string) => `Answer ${status}`,
  withoutBody: ', without a body.\n',
  ofType: (type: string) => ` as \`${type}\`.\n`,
  colon: ':',
  emptyObject: 'An empty object.\n',
  errors: (links: readonly string[]) => `Errors: ${links.join(', ')}\n`,
  choices: ', ',
  or: ' or ',
  any: 'any',
  code: 'one of the codes',
  listOf: (type: string) => `list of ${type}`,
};

const places: Readonly<Record<string, string>> = { path: '路径', query: '查询', header: '请求头' };

const chinese: typeof english = {
  head: `# HTTP

由校验各接口的 schema 生成，与运行中的 huizhi 的 \`/openapi.json\` 相同；后者更详细，可在 \`/docs\` 查看。未在此列出的字段和参数，钉钉的路径会忽略，huizhi 自有的路径会拒绝。每个错误都是包含 \`code\`、\`requestid\` 和 \`message\` 的 JSON 对象；错误码链接到[错误表](errors.md)。
`,
  stop: '。',
  needs: (schemes) => `需要 ${schemes.join(' 或 ')}。`,
  required: '必填',
  optional: '可选',
  noteOf: (where, need) => `${places[where] ?? where}，${need}`,
  columns: '| 名称 | 类型 | | |',
  body: '请求体：',
  answer: (status) => `响应 ${status}`,
  withoutBody: '，没有响应体。\n',
  ofType: (type) => `，类型为 \`${type}\`。\n`,
  colon: '：',
  emptyObject: '空对象。\n',
  errors: (links) => `错误：${links.join('、')}\n`,
  choices: '、',
  or: ' 或 ',
  any: '任意',
  code: '错误码之一',
  listOf: (type) => `${type} 的列表`,
};

/** What a page is rendered from. */
type Source = { readonly document: Document; readonly words: typeof english };

/** `docs/reference/http.md` */
export const httpPage = () => renderPage('en', english);

/** `docs/zh/reference/http.md` */
export const chineseHttpPage = () => renderPage('zh', chinese);

function renderPage(language: Language, words: typeof english): string {
  const document = createOpenapi('', undefined, language) as Document;
  const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const parts = document.tags.map(({ name, description }) => {
    const those = calls.filter(({ operation }) => operation.tags.includes(name));
    return `\n## ${name}\n\n${description}\n${those.map((call) => callSection({ document, words }, call)).join('')}`;
  });
  return `${words.head}${parts.join('')}`;
}

type Call = { readonly path: string; readonly method: string; readonly operation: Operation };

function callSection(source: Source, { path, method, operation }: Call): string {
  const { words } = source;
  const { description, security = [], parameters = [], requestBody } = operation;
  const schemes = security.flatMap((one) => Object.keys(one));
  const by = schemes.length === 0 ? '' : words.needs(schemes.map((name) => `\`${name}\``));
  const asked = parameters.map(({ name, in: where, required = false, description, schema = {} }) => ({
    name,
    note: words.noteOf(where, required ? words.required : words.optional),
    schema,
    description: description ?? schema.description ?? '',
  }));
  const body = requestBody && bodyPart(source, requestBody.content);
  const responses = Object.entries(operation.responses).map(
    ([status, response]) => [status, resolveResponse(source, response)] as const,
  );
  const done = responses.filter(([status]) => Number(status) < 400);
  return [
    `\n### ${method} ${path}\n`,
    `${description}${words.stop}${by}\n`,
    table(source, asked),
    body ? `${words.body}\n\n${body}` : '',
    ...done.map(([status, { content = {} }]) => `${words.answer(status)}${answerPart(source, content)}`),
    errorsOf(words, responses),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function resolveResponse({ document }: Source, response: Response | { readonly $ref: string }): Response {
  if (!('$ref' in response)) return response;
  return document.components.responses[response.$ref.replace('#/components/responses/', '')] ?? {};
}

type Row = { readonly name: string; readonly note: string; readonly schema: Schema; readonly description: string };

function table(source: Source, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const lines = rows.map(
    ({ name, note, schema, description }) =>
      `| \`${name}\` | ${typeOf(source, schema)} | ${note} | ${cell(description)} |`,
  );
  return `${[source.words.columns, '| --- | --- | --- | --- |', ...lines].join('\n')}\n`;
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function bodyPart(source: Source, content: Media): string {
  const [media] = Object.values(content);
  const fields = table(source, rowsOf(source, media?.schema ?? {}, '', 0));
  return [fields, exampleOf(media?.example)].filter((part) => part !== '').join('\n');
}

function answerPart(source: Source, content: Media): string {
  const { words } = source;
  const [[type, media] = ['', undefined]] = Object.entries(content);
  if (media === undefined) return words.withoutBody;
  if (type !== 'application/json') return words.ofType(type);
  const fields = table(source, rowsOf(source, media.schema ?? {}, '', 0));
  const parts = [fields, exampleOf(media.example)].filter((part) => part !== '');
  return `${words.colon}\n\n${parts.join('\n') || words.emptyObject}`;
}

function exampleOf(example: unknown): string {
  return example === undefined ? '' : `\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\`\n`;
}

const deepest = 3;

/** The fields of a schema, those of objects in lists as `list[].field`. */
function rowsOf(source: Source, schema: Schema, prefix: string, depth: number): readonly Row[] {
  const { words } = source;
  const { properties = {}, required = [], anyOf = [], allOf = [] } = resolveSchema(source, schema);
  const own = Object.entries(properties).flatMap(([name, field]) => {
    const inner = resolveSchema(source, field);
    const isList = inner.type === 'array';
    const nested = isList ? (inner.items ?? {}) : field;
    const path = `${prefix}${name}`;
    const note = required.includes(name) ? words.required : words.optional;
    const row = { name: path, note, schema: field, description: inner.description ?? '' };
    return [row, ...(depth < deepest ? rowsOf(source, nested, `${path}${isList ? '[]' : ''}.`, depth + 1) : [])];
  });
  // Of alternatives the first is the usual one; the document has the others.
  return [...own, ...[...allOf, ...anyOf.slice(0, 1)].flatMap((one) => rowsOf(source, one, prefix, depth))];
}

function resolveSchema(source: Source, schema: Schema): Schema {
  const { $ref } = schema;
  if ($ref === undefined) return schema;
  const { [$ref.replace('#/components/schemas/', '')]: found = {} } = source.document.components.schemas;
  return resolveSchema(source, found);
}

function typeOf(source: Source, schema: Schema): string {
  const { words } = source;
  const { type, items, enum: choices, const: only, anyOf } = resolveSchema(source, schema);
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (choices && choices.length <= 8)
    return choices.map((choice) => `\`${JSON.stringify(choice)}\``).join(words.choices);
  if (choices) return words.code;
  if (type === 'array') return words.listOf(typeOf(source, items ?? {}));
  if (anyOf && anyOf.length > 8 && anyOf.every((one) => one.const !== undefined)) return words.code;
  if (anyOf) return [...new Set(anyOf.map((one) => typeOf(source, one)))].join(words.or);
  return type === undefined ? words.any : [type].flat().join(words.or);
}

/** Each code with a link to its explanation in the reference. */
function errorsOf(words: typeof english, responses: readonly (readonly [string, Response])[]): string {
  const codes = responses
    .filter(([status]) => Number(status) >= 400)
    .flatMap(([, { description = '' }]) => [...description.matchAll(/^- `([^`]+)`/gm)].map(([, code]) => code ?? ''));
  if (codes.length === 0) return '';
  const anchors: Readonly<Record<string, { readonly doc: string }>> = errors;
  const links = codes.map((code) => `[\`${code}\`](errors.md#${anchors[code]?.doc})`);
  return words.errors(links);
}
