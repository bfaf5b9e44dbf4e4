/** Traces by OpenTelemetry. Loaded only if they are switched on, since the packages take long to load. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { type Span as ApiSpan, type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { parseTraceparent, renderTraceparent } from './traceparent.ts';

export type TracingOptions = {
  /** The address of a collector, without `/v1/traces`. */
  readonly endpoint: string;
  /** The share of requests that are traced, from 0 to 1. */
  readonly share: number;
  readonly version: string;
  /** Returns the type of an error, which is all that a span contains of it. */
  readonly describeError: (error: unknown) => string;
  /** Called after each export. */
  readonly onExport: (result: 'exported' | 'failed', spans: number) => void;
  /** Called when the collector has failed after a success, and the reverse. */
  readonly onState: (isReachable: boolean, error: Error | undefined) => void;
};

type Attributes = Readonly<Record<string, string | number>>;

type RunOptions = {
  readonly kind?: 'server' | 'client' | 'internal';
  readonly attributes?: Attributes;
  readonly parent?: string | undefined;
};

/** Spans that wait for their export, at most; further ones are dropped. About a kilobyte each. */
const maxQueue = 2048;
const maxBatch = 512;

/** Milliseconds until spans are exported, for which the collector may take, and for which a stop waits for both. */
const exportEvery = 2000;
const exportTimeout = 5000;
const flushTimeout = 3000;

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** Starts to trace. No function here rejects or waits because of the collector. */
export function startTracing(options: TracingOptions) {
  const { version, describeError, share } = options;
  const provider = createProvider(options, share);
  const tracer = provider.getTracer('huizhi', version);
  const spans = new AsyncLocalStorage<ApiSpan>();
  const fail = (span: ApiSpan, error: unknown): never => {
    span.setAttribute('error.type', describeError(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    throw error;
  };
  return {
    run<T>(
      name: string,
      { kind = 'internal', attributes = {}, parent }: RunOptions,
      work: (span: { set(more: Attributes): void; rename(name: string): void }) => T | Promise<T>,
    ): T | Promise<T> {
      const span = tracer.startSpan(
        name,
        { kind: kinds[kind], attributes: { ...attributes } },
        findContext(parent, spans.getStore()),
      );
      const end = (value: T): T => {
        span.end();
        return value;
      };
      try {
        const handle = {
          set: (more: Attributes) => void span.setAttributes({ ...more }),
          rename: (text: string) => void span.updateName(text),
        };
        const result = spans.run(span, work, handle);
        return result instanceof Promise ? result.then(end, (error: unknown) => fail(span, error)) : end(result);
      } catch (error) {
        return fail(span, error);
      }
    },
    traceparent(): string | undefined {
      const span = spans.getStore();
      return span && renderTraceparent(span.spanContext());
    },
    current(): object | undefined {
      const span = spans.getStore();
      return span?.isRecording() ? span : undefined;
    },
    statement(parent: object, name: string, started: number, rows: number): void {
      const options = { kind: SpanKind.CLIENT, startTime: performance.timeOrigin + started };
      const span = tracer.startSpan(name, options, trace.setSpan(ROOT_CONTEXT, parent as ApiSpan));
      span.setAttributes({ 'db.query.summary': name, 'db.response.returned_rows': rows });
      span.end();
    },
    /** Exports what is left, for at most three seconds. */
    close: () => flush(provider),
  };
}

function findContext(parent: string | undefined, current: ApiSpan | undefined): Context {
  if (parent === 'root') return ROOT_CONTEXT;
  const remote = parent === undefined ? undefined : parseTraceparent(parent);
  if (remote) return trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true });
  return current ? trace.setSpan(ROOT_CONTEXT, current) : ROOT_CONTEXT;
}

async function flush(provider: TracerProvider): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, flushTimeout);
  await Promise.race([provider.shutdown().catch(() => {}), late]);
  clearTimeout(timer);
}

function createProvider(options: TracingOptions, share: number): TracerProvider {
  const { endpoint, version } = options;
  const exporter = watchExports(
    new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: exportTimeout }),
    options,
  );
  const own = resourceFromAttributes({
    'service.name': 'huizhi',
    'service.version': version,
    'service.instance.id': randomUUID(),
  });
  return new TracerProvider({
    // The environment (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) has the last word.
    resource: defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [
      new BatchSpanProcessor({
        ...{ exporter, maxQueueSize: maxQueue, maxExportBatchSize: maxBatch },
        ...{ scheduledDelayMillis: exportEvery, exportTimeoutMillis: exportTimeout },
      }),
    ],
  });
}

/** Wraps an exporter so that its results are counted, and a change of them is reported. */
function watchExports(exporter: SpanExporter, { onExport, onState }: TracingOptions): SpanExporter {
  let isReachable = true;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        // 0 is success.
        const isExported = result.code === 0;
        onExport(isExported ? 'exported' : 'failed', spans.length);
        if (isExported !== isReachable) onState(isExported, result.error);
        isReachable = isExported;
        done(result);
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
