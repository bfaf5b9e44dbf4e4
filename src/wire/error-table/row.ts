/** One row of the error table. */
export type ErrorRow = {
  /** HTTP status. */
  readonly status: number;
  /** Text on the wire; `{name}` stands for a value that the cause fills in. */
  readonly message: string;
  /** Who speaks: the gateway puts `code` first in the body, a business service `requestid`. */
  readonly layer: 'gateway' | 'business' | 'huizhi';
  /** Anchor in docs/reference/errors.md. */
  readonly doc: string;
  /** When it happens, in one English line. */
  readonly summary: string;
};

type Row = Pick<ErrorRow, 'status' | 'message' | 'summary'>;

/** Completes rows that one layer speaks; a code is its own anchor. */
export function rowsOf<const R extends Record<string, Row>>(
  layer: ErrorRow['layer'],
  rows: R,
): { readonly [code in keyof R]: ErrorRow } {
  const complete = Object.entries(rows).map(([code, row]) => [code, { ...row, layer, doc: code }]);
  return Object.fromEntries(complete) as { readonly [code in keyof R]: ErrorRow };
}
