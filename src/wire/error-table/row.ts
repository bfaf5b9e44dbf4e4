/** One row of the error table. */
export type ErrorRow = {
  /** HTTP status. */
  readonly status: number;
  /** Message on the wire; `{name}` is a placeholder that `Cause.fill` replaces. */
  readonly message: string;
  /**
   * Which layer returns the error. It decides the order of the members: `gateway` has `code` first, `business` has
   * `requestid` first.
   */
  readonly layer: 'gateway' | 'business' | 'huizhi';
  /** Anchor in docs/reference/errors.md. */
  readonly doc: string;
  /** When the error occurs, in one English sentence. */
  readonly summary: string;
};

type Row = Pick<ErrorRow, 'status' | 'message' | 'summary'>;

/** Describes the error of a field that the body of a call must have. */
export function describeMissingField(field: string, summary = `The body has no ${field}, or it is null.`): Row {
  return { status: 400, message: `${field} is mandatory for this action.`, summary };
}

/** Completes the rows of one layer; the anchor of a row is its code. */
export function createRows<const R extends Record<string, Row>>(
  layer: ErrorRow['layer'],
  rows: R,
): { readonly [code in keyof R]: ErrorRow } {
  const complete = Object.entries(rows).map(([code, row]) => [code, { ...row, layer, doc: code }]);
  return Object.fromEntries(complete) as { readonly [code in keyof R]: ErrorRow };
}
