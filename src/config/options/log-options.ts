import type { Option } from './option.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logFormats = ['pretty', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

export const switches = ['off', 'on'] as const;

const everywhere = { commands: ['dev', 'serve', 'migrate', 'distribute'], inFile: true } as const;
const servers = { commands: ['dev', 'serve'], inFile: true } as const;

/** Options of logging. */
export const logOptions: readonly Option[] = [
  {
    ...everywhere,
    name: 'logLevel',
    flag: '--log-level',
    kind: 'choice',
    value: '<level>',
    choices: logLevels,
    default: 'info',
    environment: ['HUIZHI_LOG_LEVEL'],
    doc: 'The lowest level of log lines to write. Logs go to stderr.',
  },
  {
    ...everywhere,
    name: 'logFormat',
    flag: '--log-format',
    kind: 'choice',
    value: '<format>',
    choices: logFormats,
    unset: 'pretty on a terminal, json elsewhere',
    environment: ['HUIZHI_LOG_FORMAT'],
    doc: 'Readable log lines, or JSON.',
  },
  {
    ...servers,
    name: 'accessLog',
    flag: '--access-log',
    kind: 'choice',
    value: '<switch>',
    choices: switches,
    default: 'off',
    environment: ['HUIZHI_ACCESS_LOG'],
    doc: 'Whether to log a line at level info for each request and WebSocket handshake: method, route, path, status, duration, bytes, request id, address. Values in queries that may be secrets are masked.',
  },
];
