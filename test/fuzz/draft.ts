/** A request before it becomes bytes. All texts are latin1: one character is one byte on the wire. */
export type Draft = {
  readonly method: string;
  /** The path as it is sent, without the query. */
  readonly path: string;
  /** Parameters as they are sent, already encoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The JSON value of the body, until it is text. */
  readonly json?: unknown;
  /** The body as bytes; takes precedence over `json`. */
  readonly body?: Buffer;
};

/** The body that a draft sends, or undefined without one. */
export function bodyOf({ json, body }: Draft): Buffer | undefined {
  if (body) return body;
  return json === undefined ? undefined : Buffer.from(JSON.stringify(json));
}

/** The target of the request line: path and query. */
export function targetOf({ path, query }: Draft): string {
  return query.length === 0 ? path : `${path}?${query.map(([name, value]) => `${name}=${value}`).join('&')}`;
}

/** The request as bytes, with a length if it has a body. */
export function bytesOf(draft: Draft): Buffer {
  const body = bodyOf(draft);
  const isGiven = (name: string) => draft.headers.some(([given]) => given.toLowerCase() === name);
  const length: readonly (readonly [string, string])[] =
    body && !isGiven('content-length') && !isGiven('transfer-encoding')
      ? [['content-length', String(body.length)]]
      : [];
  const lines = [...draft.headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${draft.method} ${targetOf(draft)} HTTP/1.1\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body ?? Buffer.alloc(0)]);
}

/** A value as it stands in a query or path. */
export function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

/** A draft with a header set, replacing those of the same name. */
export function withHeader(draft: Draft, name: string, value: string): Draft {
  return { ...withoutHeader(draft, name), headers: [...withoutHeader(draft, name).headers, [name, value]] };
}

export function withoutHeader(draft: Draft, name: string): Draft {
  return { ...draft, headers: draft.headers.filter(([given]) => given.toLowerCase() !== name) };
}
