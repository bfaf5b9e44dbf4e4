/** The ids of a span that another process has begun; bit 0 of `traceFlags` says whether its trace is recorded. */
type SpanIds = { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };

const form = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Parses a header `traceparent` (https://www.w3.org/TR/trace-context/); returns undefined if it is not one. */
export function parseTraceparent(text: string): SpanIds | undefined {
  const [, traceId, spanId, flags] = form.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1 };
}

/** Renders a header `traceparent`. */
export function renderTraceparent({ traceId, spanId, traceFlags }: SpanIds): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, '0')}`;
}
