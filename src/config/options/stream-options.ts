import type { Command, Option } from './option.ts';

const servers: readonly Command[] = ['dev', 'serve'];
const server = { commands: servers, inFile: true } as const;

export const streamRepeats = ['on', 'off'] as const;
export type StreamRepeat = (typeof streamRepeats)[number];

/** The options for Stream mode. */
export const streamOptions: readonly Option[] = [
  {
    ...server,
    name: 'streamLifetime',
    flag: '--stream-lifetime',
    kind: 'duration',
    value: '<duration>',
    default: '12h',
    environment: ['HUIZHI_STREAM_LIFETIME'],
    minimum: 1,
    maximum: 31 * 86_400_000,
    doc: 'How long a Stream connection lasts before the server asks the client to connect again.',
  },
  {
    ...server,
    name: 'streamConnections',
    flag: '--stream-connections',
    kind: 'integer',
    value: '<number>',
    default: '100',
    environment: ['HUIZHI_STREAM_CONNECTIONS'],
    minimum: 1,
    maximum: 1_000_000,
    doc: 'The maximum number of Stream connections of one app, and of its tickets that are not used yet.',
  },
  {
    ...server,
    name: 'streamRepeat',
    flag: '--stream-repeat',
    kind: 'choice',
    choices: streamRepeats,
    default: 'on',
    environment: ['HUIZHI_STREAM_REPEAT'],
    doc: 'Whether a message to a robot that a Stream client does not answer within 60 seconds is sent once more.',
  },
];
