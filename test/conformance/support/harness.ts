import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { afterAll, afterEach, expect, onTestFinished } from 'vitest';
import type { Config } from '../../../src/config/options.ts';
import { type Log, redact } from '../../../src/log.ts';
import { type Limits, start } from '../../../src/server.ts';
import { checkAnswer } from './openapi.ts';
import { setup } from './setup.ts';

/** The members of an unknown JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

export type Reply = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The JSON object in the body; empty when there is none. */
  readonly body: Fields;
};

export type Ask = {
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>> | string;
};

export type LogLine = { readonly level: string; readonly text: string };

/** A huizhi on its own socket. */
export type Server = {
  readonly url: string;
  readonly port: number;
  readonly adminToken: string;
  readonly log: LogLine[];
  call(method: string, path: string, ask?: Ask): Promise<Reply>;
  stop(): Promise<void>;
};

const adminToken = 'admin-token-of-the-suite';

/** A `dev` in memory with the organizations of this suite. */
export const config: Config = {
  command: 'dev',
  port: 0,
  host: '127.0.0.1',
  database: ':memory:',
  poolSize: 10,
  secret: undefined,
  adminToken,
  readWindow: 24 * 3_600_000,
  retention: 90 * 24 * 3_600_000,
  statisticsRetention: 400 * 24 * 3_600_000,
  auditRetention: 3650 * 24 * 3_600_000,
  readTimestamp: 'seconds',
  qpsLimit: 0,
  maxConnections: 10_000,
  logLevel: 'trace',
  logFormat: 'json',
  setup,
  // The conformance tests run twice; see vitest.config.ts.
  fastPath: process.env.HUIZHI_NO_FAST_PATH !== 'true',
  // Tests that write requests as bytes use any of these names for the server.
  trustedHosts: ['huizhi', 'x', 'a', 'h'],
  check: false,
  from: undefined,
  to: undefined,
  json: false,
};

/** Starts a huizhi on a free port, by default with the organizations of this suite. */
export async function startServer(options: Partial<Config> = {}, limits: Limits = {}): Promise<Server> {
  const { log, lines } = createRecorder();
  const running = await start({ ...config, ...options }, log, limits);
  return { ...connected(running.url, lines), stop: running.close };
}

/** The calls of the server at a URL. */
export function connected(url: string, log: LogLine[] = []): Server {
  const agent = new Agent({ keepAlive: true });
  return {
    url,
    port: Number(new URL(url).port),
    adminToken,
    log,
    call: (method, path, ask = {}) => call(agent, url, method, path, ask),
    stop: async () => agent.destroy(),
  };
}

/**
 * A server for all tests of a file. After each test its log must have nothing above debug, unless a failure is
 * expected.
 */
export async function fileServer(options: Partial<Config> & { readonly mayFail?: boolean } = {}): Promise<Server> {
  const { mayFail = false, ...rest } = options;
  const server = await startServer(rest);
  afterAll(() => server.stop());
  if (!mayFail) afterEach(() => expect(loud(server.log)).toEqual([]));
  return server;
}

/** A server for one test. */
export async function testServer(options: Partial<Config> = {}, limits: Limits = {}): Promise<Server> {
  const server = await startServer(options, limits);
  onTestFinished(() => server.stop());
  return server;
}

/** The log entries that no request causes: the start, removals by retention, and a busy machine. */
const expected =
  /^(?:listening|(?:removed|dropped) [a-zA-Z ]+ past their retention|slow statement|uses a certificate) /;

/** A refused call of an authenticated app is logged with its cause; malformed input never is. */
const refusals =
  /^refused a call .*"app":"[^"]+".*"code":"(?:Forbidden|chatbotId|template|staffId|unknown\.send|processQueryKey\.|resource\.|conversation\.|group\.|illegal\.|invalideChatId|member\.notFound|permession\.|reject|unauthorized"|bot\.|invalid\.(?:processQueryKey|openConversationId|chatbotId)|huizhi\.idempotency|invalidParameter\.robotCode(?!\.missing|\.empty)|send\.ding|recall\.ding|miss\.staffId|toomuch|ding\.|invalidRequest\.|errcode (?!(?:22|40|41|404|40004|40005|40006|40035|43001|43002|43008)")\d+)/;

/** Other lines that an operator would see at the default log level. */
export function loud(log: readonly LogLine[]): readonly string[] {
  const isExpected = ({ level, text }: LogLine) =>
    expected.test(text) || (level === 'info' && (refusals.test(text) || text.startsWith('more calls were refused ')));
  const isLoud = (line: LogLine) => !['trace', 'debug'].includes(line.level) && !isExpected(line);
  return log.filter(isLoud).map(({ level, text }) => `${level}: ${text}`);
}

/** A log that records its lines as they would be written. */
export function createRecorder(): { readonly log: Log; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, text: `${message} ${JSON.stringify(redact(fields))}` });
  const [trace, debug, info] = [at('trace'), at('debug'), at('info')];
  return { log: { trace, debug, info, warn: at('warn'), error: at('error'), fatal: at('fatal') }, lines };
}

async function call(agent: Agent, url: string, method: string, path: string, ask: Ask): Promise<Reply> {
  const { body, headers = {}, query = '' } = ask;
  const search = typeof query === 'string' ? query : new URLSearchParams(query).toString();
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const type = text === undefined ? {} : { 'content-type': 'application/json' };
  const target = url + path + (search && `?${search}`);
  const reply = await exchange(agent, target, method, { ...type, ...headers }, text);
  await checkAnswer(url, method, path, reply);
  return reply;
}

function exchange(
  agent: Agent,
  target: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(target, { agent, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: fieldsOf(text) });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Parses a text as a JSON object; returns an empty one for anything else. */
export function fieldsOf(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}
