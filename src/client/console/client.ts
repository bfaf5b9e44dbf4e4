/** A client of the console's API, for commands of operators. Its calls are generated from the OpenAPI document. */
import { ApiError } from '../errors.ts';
import { sendForFile, sendRequest } from '../exchange.ts';
import { type ClientOptions, resolveOptions } from '../options.ts';
import type { ConsoleCalls } from './calls.ts';

export type ConsoleOptions = Pick<ClientOptions, 'endpoint' | 'fetch' | 'timeout' | 'on'> & {
  readonly adminToken: string;
};

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The paths that have a method, such as `/console/v1/robots/{robotCode}`. */
type Path<M extends Method> = {
  [P in keyof ConsoleCalls]: M extends keyof ConsoleCalls[P] ? P : never;
}[keyof ConsoleCalls];

type Call = { readonly given: object; readonly returned: unknown };
type CallOf<M extends Method, P extends Path<M>> = ConsoleCalls[P][M & keyof ConsoleCalls[P]] & Call;

/** What a call is given: the values for its path, its query and its body, as far as it has them, and a signal. */
type Given<C extends Call> = C['given'] & { readonly signal?: AbortSignal };

/** The last argument can be left out if the call needs nothing. */
type Rest<C extends Call> = object extends C['given'] ? [given?: Given<C>] : [given: Given<C>];

export type ConsoleClient = {
  /**
   * Makes a call, and resolves with its JSON. Rejects with an ApiError for an error response, with a ConnectionError for
   * no or an invalid one, and with the reason of the signal if it aborts.
   */
  call<M extends Method, P extends Path<M>>(
    method: M,
    path: P,
    ...rest: Rest<CallOf<M, P>>
  ): Promise<CallOf<M, P>['returned']>;
  /** Returns the text of the CSV file with all users of an organization. Rejects as `call` does. */
  download(path: '/console/v1/users.csv', query: { readonly corpId: string }): Promise<string>;
};

type AnyGiven = {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: object;
  readonly signal?: AbortSignal;
};

/** Creates a client. Throws a TypeError for options that are not valid. */
export function createConsoleClient({ adminToken, ...options }: ConsoleOptions): ConsoleClient {
  const settings = resolveOptions({ ...options, token: adminToken });
  const headers = { authorization: `Bearer ${adminToken}` };
  return {
    async call<M extends Method, P extends Path<M>>(method: M, path: P, ...[given]: Rest<CallOf<M, P>>) {
      const { path: values = {}, query = {}, body, signal }: AnyGiven = given ?? {};
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeSegment(values[name] ?? ''));
      const request = { method, path: filled, query: toTexts(query), headers, signal, ...(body && { body }) };
      return (await sendRequest(settings, request, 1)).fields as CallOf<M, P>['returned'];
    },
    download: (path, query) => sendForFile(settings, { method: 'GET', path, query, headers }, 'text/csv'),
  };
}

/**
 * Encodes a code as one segment of a path. Throws an ApiError for a code that cannot be one: fetch removes dots, and the
 * request would be another call.
 */
function encodeSegment(code: string): string {
  if (!/^\.{0,2}$/.test(code)) return encodeURIComponent(code);
  const reason = `${JSON.stringify(code)} cannot be a code in a path`;
  throw new ApiError('huizhi.badRequest', reason, { status: 400, requestId: undefined });
}

function toTexts(query: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
