/**
 * Generates `docs/reference/huizhi.http`, a file of requests for editors, from the OpenAPI document and the steps in
 * `http-file/`.
 */
import { createOpenapi } from '../src/wire/openapi/document.ts';
import { consoleSections } from './http-file/console.ts';
import { ownSections } from './http-file/own.ts';
import type { Section, Step } from './http-file/step.ts';
import { vendorSections } from './http-file/vendor.ts';

type Parameter = { readonly name: string; readonly in: string; readonly required?: boolean };
type Operation = {
  readonly operationId: string;
  readonly description: string;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
};
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

type Call = { readonly method: string; readonly path: string; readonly operation: Operation };

const calls = new Map<string, Call>(
  Object.entries((createOpenapi('') as Document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [
      operation.operationId,
      { method: method.toUpperCase(), path, operation },
    ]),
  ),
);

/** Which editor a file is for: they differ in how a request uses an earlier response. */
export type Dialect = 'rest-client' | 'jetbrains';

const sections: readonly Section[] = [...vendorSections, ...ownSections, ...consoleSections];

const toStep = (step: Step | string): Step => (typeof step === 'string' ? { call: step } : step);

/** The operationIds of all calls, and of those that the file has. */
export const allCalls: readonly string[] = [...calls.keys()];
export const writtenCalls: readonly string[] = sections.flatMap(({ steps }) => steps.map((step) => toStep(step).call));

/** Calls that the file does not have, and when they can be made. */
export const omittedCalls: Readonly<Record<string, string>> = {
  startOidc: 'a browser that signs in with OpenID Connect',
  finishOidc: 'a browser that comes back from the provider',
  startConsoleOidc: 'an operator who signs in with OpenID Connect',
  finishConsoleOidc: 'an operator who comes back from the provider',
  confirmRetention: 'while a sweep of the retention waits for a confirmation',
  sendStreamEventAgain: 'after a Stream connection has refused an event',
};

/** Variables at the head of the file: the demo data of `huizhi dev`. */
const variables = {
  host: 'http://127.0.0.1:8720',
  adminToken: 'admin-token-of-this-file',
  bot: 'http://127.0.0.1:8099',
  session: 'a-session',
  appKey: 'dingappinternal',
  appSecret: 's3cret-internal',
  robotCode: 'dingzxcifuvdfbvegdf',
  corpId: 'dingcorp0001',
  userId: '201382020',
  group: 'cidV7mQ2xK9sT4bLw8ZpRcNfA==',
};

/** Values in the examples of the document, and what the file has instead. The longest come first. */
const replacements: readonly (readonly [string, string])[] = [
  ['3f1c0a9be27d4586a1c3e5f70912b4d63f1c0a9be27d4586a1c3e5f70912b4d6', '{{openDingId}}'],
  ['Ea3z43TUw4zz+ICFHC9Td9fUecqxUsoWgPqAaN7DrXU=', '{{key}}'],
  ['chat15fc85b48abd8116d99d7b74d0bc0ac6', '{{chatId}}'],
  ['cidZqNkLVhRkgFDQWYzUhbVyQ==', '{{group}}'],
  ['cidFfyFtIq9gRbZ3nXt0LwKxg==', '{{group}}'],
  ['cidL9xTq1yVd0kz8mR4pWcBvg==', '{{group}}'],
  ['https://bot.example.com', '{{bot}}'],
  ['dingzxcifuvdfbvegdf', '{{robotCode}}'],
  ['dingappinternal', '{{appKey}}'],
  ['s3cret-internal', '{{appSecret}}'],
  ['of the server', '{{adminToken}}'],
  ['100000000001', '{{taskId}}'],
  ['dingcorp0001', '{{corpId}}'],
  ['2500007919', '3000000001'],
];

/** Values of parameters, unless a step has its own. `%` encodes a variable for a URL. */
const usual: Readonly<Record<string, string>> = {
  corpId: '{{corpId}}',
  appKey: '{{appKey}}',
  robotCode: '{{robotCode}}',
  userId: '{{userId}}',
  openConversationId: '{{%group}}',
  processQueryKey: '{{%key}}',
  outTrackId: 'approval-20260105-1',
  taskId: '{{taskId}}',
  messageId: '{{messageId}}',
  endpointId: '{{endpointId}}',
  deptId: '{{deptId}}',
};

/** `docs/reference/huizhi.http` or `docs/reference/huizhi.jetbrains.http`. */
export function httpFile(dialect: Dialect): string {
  const definitions = Object.entries(variables).flatMap(([name, value]) => [
    `@${name} = ${value}`,
    ...(dialect === 'jetbrains' && encodeURIComponent(value) !== value && !/:/.test(value)
      ? [`@${name}_in_url = ${encodeURIComponent(value)}`]
      : []),
  ]);
  const parts = sections.map((section) => renderSection(section, dialect));
  return `${heads[dialect]}\n${definitions.join('\n')}\n${parts.join('')}`;
}

const start = `# Start the server with: HUIZHI_ADMIN_TOKEN=admin-token-of-this-file npx huizhi dev
# The requests run from top to bottom, because later ones use earlier responses. bot is a program of yours that answers
# callbacks; without one, the requests that name it fail or report that nothing was delivered.
# Not here, because they need more than a request:
${Object.entries(omittedCalls)
  .map(([name, when]) => `#   ${name}: ${when}`)
  .join('\n')}
# Generated from the OpenAPI document.
`;

const heads: Readonly<Record<Dialect, string>> = {
  'rest-client': `# Every call of huizhi, for REST Client in Visual Studio Code and other editors with its request variables.\n${start}`,
  jetbrains: `# Every call of huizhi, for the HTTP Client of JetBrains.\n${start}`,
};

function renderSection({ title, note, steps }: Section, dialect: Dialect): string {
  // As comments of the first request: text before the next ### would belong to the body of the request before.
  const heading = [`# Section: ${title}`, ...(note === undefined ? [] : [`# ${note}`])];
  return steps.map((step, i) => renderStep(toStep(step), i === 0 ? heading : [], dialect)).join('');
}

function renderStep(step: Step, heading: readonly string[], dialect: Dialect): string {
  const call = calls.get(step.call);
  if (!call) throw new Error(`no call is named ${step.call}`);
  const { name = step.call, raw } = step;
  const body = raw ? raw.text : renderBody(call.operation, step.body);
  const type = raw?.type ?? (body === '' ? undefined : 'application/json');
  const own = step.headers && Object.entries(step.headers).map(([key, value]) => `${key}: ${value}`);
  const lines = [
    `### ${call.operation.description.replaceAll('\n', ' ')}`,
    ...heading,
    `# @name ${name}`,
    `${call.method} ${step.url ?? renderUrl(call, step)}`,
    ...(own ?? listAuthorization(call.operation)),
    ...(type === undefined ? [] : [`content-type: ${type}`]),
    ...(body === '' ? [] : ['', body]),
  ];
  return `\n${forDialect(lines.join('\n'), dialect)}\n${renderSaved(name, step.save ?? {}, dialect)}`;
}

function renderBody({ requestBody }: Operation, changes: Step['body'] = {}): string {
  const example = requestBody?.content['application/json']?.example;
  if (example === undefined) return '';
  const body = typeof example === 'object' ? { ...example, ...changes } : example;
  const text = replacements.reduce((all, [from, to]) => all.replaceAll(from, to), JSON.stringify(body, null, 2));
  return text.replaceAll(/"\{\{#(\w+)\}\}"/g, '{{$1}}');
}

/** The header of the token, if a call needs one in a header. */
function listAuthorization({ security = [] }: Operation): readonly string[] {
  const [scheme = ''] = Object.keys(security[0] ?? {});
  if (scheme === 'accessToken') return ['x-acs-dingtalk-access-token: {{token}}'];
  if (scheme === 'inboxToken' || scheme === 'adminToken') return [`authorization: Bearer {{${scheme}}}`];
  return [];
}

function renderUrl({ path, operation }: Call, { parameters = {} }: Step): string {
  const { security = [], parameters: known = [] } = operation;
  const find = (name: string) => parameters[name] ?? usual[name] ?? `missing-${name}`;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(find(name)));
  const isOld = security.some((one) => 'oldAccessToken' in one);
  const query = Object.entries({
    ...(isOld && { access_token: '{{token}}' }),
    ...Object.fromEntries(
      known
        .filter((one) => one.in === 'query' && (one.required || parameters[one.name] !== undefined))
        .map(({ name }) => [name, find(name)]),
    ),
    ...(parameters.access_token === undefined ? {} : { access_token: parameters.access_token }),
  }).map(([name, value]) => `${name}=${encode(value)}`);
  return `{{host}}${filled}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

/** Encodes the text around variables for a URL. */
const encode = (value: string) =>
  value
    .split(/(\{\{[^}]+\}\})/)
    .map((part) => (part.startsWith('{{') ? part : encodeURIComponent(part)))
    .join('');

const forDialect = (text: string, dialect: Dialect) =>
  dialect === 'jetbrains' ? text.replaceAll(/\{\{%(\w+)\}\}/g, '{{$1_in_url}}') : text;

function renderSaved(name: string, save: NonNullable<Step['save']>, dialect: Dialect): string {
  const saved = Object.entries(save);
  if (saved.length === 0) return '';
  if (dialect === 'rest-client') {
    const define = (variable: string, place: string) =>
      `@${variable} = {{${name}.response.body.${place === '*' ? '*' : `$.${place}`}}}`;
    return `\n###\n${saved.map(([variable, place]) => define(variable, place)).join('\n')}\n`;
  }
  const lines = saved.flatMap(([variable, place]) => renderHandler(variable, place));
  return `\n> {%\n${lines.map((line) => `  ${line}`).join('\n')}\n%}\n`;
}

/** Lines of a response handler that save a variable, also in the form for URLs. */
function renderHandler(variable: string, place: string): readonly string[] {
  if (place === '*') return [`client.global.set("${variable}", JSON.stringify(response.body));`];
  return [
    `client.global.set("${variable}", response.body.${place});`,
    `client.global.set("${variable}_in_url", encodeURIComponent(response.body.${place}));`,
  ];
}
