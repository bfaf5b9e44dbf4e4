/** One request of `docs/reference/huizhi.http`. What it does not say comes from the OpenAPI document. */
export type Step = {
  /** The operationId of the call. */
  readonly call: string;
  /** Name of the request, if the call occurs more than once. */
  readonly name?: string;
  /** Parameters of the path and of the query, besides the usual ones. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Headers instead of those that a call with a token has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Members that differ from those of the example; undefined removes one, and `{{#name}}` is a variable without quotes. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** A body that is not JSON, with its type. */
  readonly raw?: { readonly type: string; readonly text: string };
  /** The whole URL, for a call whose address an earlier response contains. */
  readonly url?: string;
  /** Variables for later requests, with their places in the response, such as `result.userid` or `list[0]`; `*` is all of it. */
  readonly save?: Readonly<Record<string, string>>;
};

/** Steps with a heading. */
export type Section = { readonly title: string; readonly note?: string; readonly steps: readonly (Step | string)[] };

const pdf = '%PDF-1.4\n%%EOF';

/** A small file as the body. */
export const file = { type: 'application/octet-stream', text: pdf };

/** The same file in a form. */
export const fileInForm = {
  type: 'multipart/form-data; boundary=part',
  text: [
    '--part',
    'Content-Disposition: form-data; name="media"; filename="note.pdf"',
    'Content-Type: application/pdf',
    '',
    pdf,
    '--part--',
  ].join('\n'),
};
