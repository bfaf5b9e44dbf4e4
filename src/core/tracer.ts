import type { Eventually } from '../store/engine/sql.ts';
import { WireError } from '../wire/errors.ts';

/** Names, numbers and codes; never contents, names of people, addresses or secrets. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** What starts a span: a request to this server, a request by it, or its own work. */
export type SpanKind = 'server' | 'client' | 'internal';

/** A span while its work runs. */
export type Span = { set(attributes: SpanAttributes): void; rename(name: string): void };

export type SpanOptions = {
  readonly kind?: SpanKind;
  readonly attributes?: SpanAttributes;
  /**
   * The header `traceparent` of a trusted caller, whose span becomes the parent; `root` begins another trace. By default
   * the parent is the span in which this runs.
   */
  readonly parent?: string | 'root' | undefined;
};

/** Records spans of an OpenTelemetry trace. */
export type Tracer = {
  /** Runs work in a span, which ends when the work has settled. */
  run<T>(name: string, options: SpanOptions, work: (span: Span) => Eventually<T>): Eventually<T>;
  /** Returns the header `traceparent` for a request in the current span; undefined outside of one. */
  traceparent(): string | undefined;
};

/** Runs an operation of the core in a span, if there are traces. */
export async function traced<T>(
  { tracer }: { readonly tracer?: Tracer | undefined },
  name: string,
  work: () => Promise<T>,
  options: SpanOptions = {},
): Promise<T> {
  return tracer ? tracer.run(name, options, work) : work();
}

/** Returns the type of an error for a span: its code, or its name. Messages may contain personal data. */
export function describeErrorType(error: unknown): string {
  if (error instanceof WireError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
