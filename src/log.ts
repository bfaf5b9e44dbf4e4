import { createRequire } from 'node:module';
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

/** Packages are loaded by the first line: the start of a server that writes none does not wait for them. */
const require = createRequire(import.meta.url);

/** Creates a logger that writes to stderr (stdout carries results) and redacts secrets. */
export async function createLog(options: {
  readonly level: LevelWithSilent;
  readonly format: 'pretty' | 'json';
}): Promise<Log> {
  const { level, format } = options;
  if (level === 'silent') return silentLog;
  let logger: Logger | undefined;
  const load = () => (logger ??= openLogger(level, format));
  const isOff = (name: keyof Log) => names.indexOf(name) < names.indexOf(level);
  const writer = (name: keyof Log): Write =>
    isOff(name) ? nothing : (fields, message) => load()[name](fields, message);
  return {
    trace: writer('trace'),
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    fatal: writer('fatal'),
  };
}

/** The levels, from the least to the most important. */
const names: readonly (keyof Log)[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

function openLogger(level: keyof Log, format: 'pretty' | 'json'): Logger {
  const { pino } = require('pino') as typeof import('pino');
  const stream = format === 'json' ? createJsonStream(pino.destination({ fd: 2, sync: true })) : createPrettyStream();
  return pino(createPinoOptions(level), stream);
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

function createPrettyStream(): DestinationStream {
  const pretty = require('pino-pretty') as typeof import('pino-pretty');
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
