import type { DestinationStream, LevelWithSilent, Logger, LoggerOptions } from 'pino';
import { escapeJson } from './wire/text.ts';

type Write = (fields: object, message: string) => void;

/** What the rest of huizhi knows about logging: fields first, then a constant sentence. */
export type Log = {
  readonly trace: Write;
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** A fault of the whole process. */
  readonly fatal: Write;
};

const nothing: Write = () => {};

/** Writes nothing; for tests and for embedding. */
export const silentLog: Log = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
};

/**
 * A log on stderr (stdout belongs to results) with everything secret blanked out. pino is loaded here and not at the top, so that
 * whoever embeds huizhi without logs does not pay for it.
 */
export async function createLog(options: {
  readonly level: LevelWithSilent;
  readonly format: 'pretty' | 'json';
}): Promise<Log> {
  if (options.level === 'silent') return silentLog;
  const { pino } = await import('pino');
  const stream = options.format === 'json' ? jsonStream(pino.destination({ fd: 2, sync: true })) : await prettyStream();
  return logOn(pino(pinoOptions(options.level), stream));
}

function logOn(logger: Logger): Log {
  return {
    trace: (fields, message) => logger.trace(fields, message),
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    fatal: (fields, message) => logger.fatal(fields, message),
  };
}

function pinoOptions(level: LevelWithSilent): LoggerOptions {
  return {
    level,
    base: null,
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }), log: (fields) => blanked(fields) },
  };
}

/** A log is often read on a terminal, and lines repeat what callers sent: control characters stay escapes. */
function jsonStream(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(`${escapeJson(line.trimEnd())}\n`) };
}

async function prettyStream(): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  const colorize = process.stderr.isTTY === true && process.stderr.hasColors();
  const stream = pretty({
    destination: 2,
    sync: true,
    colorize,
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return { write: (line) => void stream.write(`${withoutControls(line)}\n`) };
}

/** A line of JSON with U+FFFD for control characters but line breaks and tabs, which stack traces have: the printer writes texts as they are. */
function withoutControls(line: string): string {
  const isControl = (sequence: string) => /^\\[ubfr]/.test(sequence);
  return escapeJson(line.trimEnd()).replaceAll(/\\(?:u[0-9a-f]{4}|.)/gi, (sequence) =>
    isControl(sequence) ? '\ufffd' : sequence,
  );
}

/** Keys whose values never reach a log, compared without case, dashes and underscores. */
const secretKeys = new Set([
  'appsecret',
  'suitesecret',
  'clientsecret',
  'secret',
  'suiteticket',
  'ticket',
  'password',
  'token',
  'admintoken',
  'accesstoken',
  'xacsdingtalkaccesstoken',
  'authorization',
  'cookie',
  'setcookie',
  'corpsecret',
  'idtoken',
  'refreshtoken',
]);

const secretInUrl =
  /([?&](?:app_?secret|corp_?secret|suite_?secret|client_?secret|suite_?ticket|access_?token|token|x-acs-dingtalk-access-token)=)[^&\s"']*/gi;

const blank = '[redacted]';
const deepest = 8;

/** A copy of the fields of a log line in which the values of secret keys, and secrets in URLs, are blanked out at any depth. */
export function blanked(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(errorFields(fields)).map(([key, value]) => [key, blankedAt(key, value, 1)]));
}

function blankedAt(key: string, value: unknown, depth: number): unknown {
  if (secretKeys.has(key.toLowerCase().replaceAll(/[-_]/g, ''))) return value === undefined ? undefined : blank;
  if (typeof value === 'string') return value.replaceAll(secretInUrl, `$1${blank}`);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= deepest) return '[…]';
  if (Array.isArray(value)) return value.map((item) => blankedAt('', item, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return Object.fromEntries(
    Object.entries(errorFields(value)).map(([name, item]) => [name, blankedAt(name, item, depth + 1)]),
  );
}

/** An error's telling properties are not enumerable; this brings them out, the cause included. */
function errorFields(value: object): object {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { ...value, name, message, stack, ...(cause === undefined ? {} : { cause }) };
}
