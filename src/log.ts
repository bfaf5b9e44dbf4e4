import type { DestinationStream, LevelWithSilent, Logger, LoggerOptions } from 'pino';
import { escapeJson } from './wire/text.ts';

type Write = (fields: object, message: string) => void;

/** The logger that all modules use. Each call has the variable data as fields, and a constant message. */
export type Log = {
  readonly trace: Write;
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** An error of the whole process. */
  readonly fatal: Write;
};

const nothing: Write = () => {};

/** A logger that writes nothing, for tests and for embedding. */
export const silentLog: Log = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
};

/**
 * Creates a logger that writes to stderr (stdout carries results) and redacts secrets. pino is imported here, so that a
 * program that embeds huizhi without logs does not load it.
 */
export async function createLog(options: {
  readonly level: LevelWithSilent;
  readonly format: 'pretty' | 'json';
}): Promise<Log> {
  if (options.level === 'silent') return silentLog;
  const { pino } = await import('pino');
  const stream =
    options.format === 'json' ? createJsonStream(pino.destination({ fd: 2, sync: true })) : await createPrettyStream();
  return wrapLogger(pino(createPinoOptions(options.level), stream));
}

function wrapLogger(logger: Logger): Log {
  return {
    trace: (fields, message) => logger.trace(fields, message),
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    fatal: (fields, message) => logger.fatal(fields, message),
  };
}

function createPinoOptions(level: LevelWithSilent): LoggerOptions {
  return {
    level,
    base: null,
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }), log: (fields) => redact(fields) },
  };
}

/**
 * Writes JSON lines whose control characters are escaped: they may come from callers, and logs are often read on a
 * terminal.
 */
function createJsonStream(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(`${escapeJson(line.trimEnd())}\n`) };
}

async function createPrettyStream(): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  const colorize = process.stderr.isTTY === true && process.stderr.hasColors();
  const stream = pretty({
    destination: 2,
    sync: true,
    colorize,
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return { write: (line) => void stream.write(`${replaceControls(line)}\n`) };
}

/**
 * Replaces the control characters in a line of JSON by U+FFFD, except line breaks and tabs, which stack traces contain.
 * pino-pretty prints strings unescaped.
 */
function replaceControls(line: string): string {
  const isControl = (sequence: string) => /^\\[ubfr]/.test(sequence);
  return escapeJson(line.trimEnd()).replaceAll(/\\(?:u[0-9a-f]{4}|.)/gi, (sequence) =>
    isControl(sequence) ? '\ufffd' : sequence,
  );
}

/** Keys whose values are never logged; compared without case, dashes and underscores. */
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
  /([?&](?:app_?secret|corp_?secret|suite_?secret|client_?secret|suite_?ticket|access_?token|token|session|x-acs-dingtalk-access-token)=)[^&\s"']*/gi;

const redacted = '[redacted]';
const maxDepth = 8;

/** Copies the fields of a log line, and redacts the values of secret keys and secrets in URLs at any depth. */
export function redact(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(copyErrorFields(fields)).map(([key, value]) => [key, redactValue(key, value, 1)]),
  );
}

function redactValue(key: string, value: unknown, depth: number): unknown {
  if (secretKeys.has(key.toLowerCase().replaceAll(/[-_]/g, ''))) return value === undefined ? undefined : redacted;
  if (typeof value === 'string') return value.replaceAll(secretInUrl, `$1${redacted}`);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= maxDepth) return '[…]';
  if (Array.isArray(value)) return value.map((item) => redactValue('', item, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return Object.fromEntries(
    Object.entries(copyErrorFields(value)).map(([name, item]) => [name, redactValue(name, item, depth + 1)]),
  );
}

/**
 * Copies the properties of an error that are not enumerable: name, message, stack and cause. Returns other objects
 * unchanged.
 */
function copyErrorFields(value: object): object {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { ...value, name, message, stack, ...(cause === undefined ? {} : { cause }) };
}
