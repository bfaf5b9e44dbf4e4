import { type Document, type Operation as Documented, ofAnyCall, type Schema } from '../conformance/support/openapi.ts';
import { fetchText } from './fetch-text.ts';

export type { Schema };

type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly schema: Schema;
};
type SecurityScheme = { readonly type: string; readonly in?: string; readonly name?: string };

/** One call of the document. */
export type Operation = Documented & {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly method: string;
  /** The path with its variables in braces. */
  readonly template: string;
};

/** The OpenAPI document of a server, in the form that the suite uses. */
export type Api = {
  readonly document: Document;
  readonly operations: readonly Operation[];
  readonly securitySchemes: Readonly<Record<string, SecurityScheme>>;
  readonly codes: ReadonlySet<string>;
  readonly anyCall: readonly string[];
  /** The call that a method and a path lead to, if any. */
  find(method: string, path: string): Operation | undefined;
  /** A schema without its reference. */
  resolve(schema: Schema): Schema;
};

export type Whole = Document & {
  readonly components: { readonly securitySchemes: Readonly<Record<string, SecurityScheme>> };
};

const methods = ['get', 'post', 'put', 'delete', 'patch', 'head', 'options'];

/** Reads `/openapi.json` of a server. */
export async function fetchApi(url: string): Promise<Api> {
  return apiOf(JSON.parse((await fetchText(`${url}/openapi.json`)).text) as Whole);
}

/** The calls and schemas of a document. */
export function apiOf(document: Whole): Api {
  const operations = Object.entries(document.paths).flatMap(([template, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({ ...operation, template, method: method.toUpperCase() }) as Operation),
  );
  const exact = new Map(operations.map((one) => [`${one.method} ${one.template}`, one]));
  const patterns = operations
    .filter(({ template }) => template.includes('{'))
    .map((one) => ({ one, pattern: patternOf(one) }));
  return {
    document,
    operations,
    securitySchemes: document.components.securitySchemes,
    codes: new Set(document.components.schemas.ErrorCode?.enum as string[]),
    anyCall: ofAnyCall,
    find: (method, path) =>
      exact.get(`${method} ${path}`) ?? patterns.find(({ pattern }) => pattern.test(`${method} ${path}`))?.one,
    resolve: (schema) => {
      const name = schema.$ref?.replace('#/components/schemas/', '');
      return name === undefined ? schema : (document.components.schemas[name] ?? {});
    },
  };
}

function patternOf({ method, template }: Operation): RegExp {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${method} ${escaped.replace(/\{\w+\}/g, '[^/]+')}$`);
}
