import { createFileOption } from '../secret-files.ts';
import { UsageError } from '../values.ts';
import type { Option, OptionValue } from './option.ts';

/** Where traces are sent, and which share of them. */
export type Tracing = {
  /** The address of a collector, without a slash at its end; `/v1/traces` is added. */
  readonly endpoint: string;
  /** The share of requests that are traced, from 0 to 1, unless the caller has decided. */
  readonly share: number;
};

const servers = { commands: ['dev', 'serve'], inFile: true } as const;

const metricsTokenOption: Option = {
  ...servers,
  name: 'metricsToken',
  flag: '--metrics-token',
  kind: 'string',
  value: '<text>',
  unset: '/metrics needs no token',
  environment: ['HUIZHI_METRICS_TOKEN'],
  minimum: 16,
  maximum: 1024,
  secret: true,
  argument: false,
  doc: 'Bearer token that /metrics requires; at least 16 characters.',
};

/** Options of metrics and traces. */
export const observeOptions: readonly Option[] = [
  metricsTokenOption,
  createFileOption(metricsTokenOption),
  {
    ...servers,
    name: 'otlpEndpoint',
    flag: '--otlp-endpoint',
    kind: 'string',
    value: '<url>',
    unset: 'no traces',
    environment: ['HUIZHI_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    // A developer's shell may have the collector of other programs.
    dev: { environment: ['HUIZHI_OTLP_ENDPOINT'] },
    doc: 'The address of an OpenTelemetry collector, such as http://127.0.0.1:4318, to which traces are sent by OTLP over HTTP. Headers, certificates, timeouts and the name of the service are read from the standard variables OTEL_EXPORTER_OTLP_*, OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.',
  },
  {
    ...servers,
    name: 'traceShare',
    flag: '--trace-share',
    kind: 'integer',
    value: '<percent>',
    default: '100',
    environment: ['HUIZHI_TRACE_SHARE'],
    minimum: 0,
    maximum: 100,
    doc: 'The percentage of requests that are traced, with --otlp-endpoint. A traceparent of a trusted proxy (--trusted-proxy) decides instead.',
  },
];

type Text = (name: string) => string | undefined;

/** Reads the options of metrics and traces. Throws a UsageError if the address of the collector is not a URL of HTTP. */
export function readObservation(
  find: (name: string) => OptionValue | undefined,
  text: Text,
  number: (name: string) => number,
  secret: Text,
): { readonly metricsToken?: string; readonly tracing?: Tracing } {
  const [metricsToken, tracing] = [secret('metricsToken'), readTracing(find, text, number)];
  return { ...(metricsToken !== undefined && { metricsToken }), ...(tracing && { tracing }) };
}

function readTracing(
  find: (name: string) => OptionValue | undefined,
  text: Text,
  number: (name: string) => number,
): Tracing | undefined {
  const endpoint = text('otlpEndpoint');
  if (endpoint === undefined) return undefined;
  const isHttp = URL.canParse(endpoint) && ['http:', 'https:'].includes(new URL(endpoint).protocol);
  if (!isHttp || new URL(endpoint).username !== '' || endpoint.includes('?'))
    throw new UsageError(
      `${find('otlpEndpoint')?.source} must be the URL of a collector, such as http://127.0.0.1:4318, without a user name and a query.`,
    );
  return { endpoint: endpoint.replace(/\/+$/, ''), share: number('traceShare') / 100 };
}
