import type { Config } from './config/options.ts';
import { describeErrorType, type Tracer } from './core/tracer.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { StatementTrace } from './store/engine/traced-driver.ts';

/** The traces of one server. */
export type OpenTracing = Tracer & StatementTrace & { close(): Promise<void> };

/** Loads what traces need, if the configuration has a collector. Rejects with an error that says what is missing. */
export async function openTracing(
  { tracing }: Config,
  { count }: Metrics,
  log: Log,
  version: string,
): Promise<OpenTracing | undefined> {
  if (!tracing) return undefined;
  const { startTracing } = await import('./tracing/tracing.ts').catch((cause: unknown) => {
    const message =
      'traces need the optional packages @opentelemetry/*: install huizhi without --omit=optional, or omit --otlp-endpoint';
    throw new Error(message, { cause });
  });
  for (const result of ['exported', 'failed'] as const) count('huizhi_trace_spans_total', { result }, 0);
  return startTracing({
    ...tracing,
    version,
    describeError: describeErrorType,
    onExport: (result, spans) => count('huizhi_trace_spans_total', { result }, spans),
    onState(isReachable, err) {
      if (isReachable) log.info({ endpoint: tracing.endpoint }, 'the collector accepts traces again');
      else log.warn({ err, endpoint: tracing.endpoint }, 'the collector does not accept traces; they are lost');
    },
  });
}
