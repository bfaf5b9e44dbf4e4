import type { Command, Option } from './option.ts';

const servers: readonly Command[] = ['dev', 'serve'];

/** The options for custom robots and callbacks. */
export const webhookOptions: readonly Option[] = [
  {
    name: 'webhookBlock',
    flag: '--webhook-block',
    kind: 'duration',
    value: '<duration>',
    default: '10m',
    environment: ['HUIZHI_WEBHOOK_BLOCK'],
    minimum: 1,
    maximum: 86_400_000,
    commands: servers,
    inFile: true,
    doc: 'How long a custom robot is blocked after more than 20 messages in a minute; at least until the end of the minute.',
  },
  {
    name: 'trustedProxy',
    flag: '--trusted-proxy',
    kind: 'string',
    value: '<range>',
    unset: 'none',
    environment: ['HUIZHI_TRUSTED_PROXY'],
    many: true,
    commands: servers,
    inFile: true,
    doc: 'An address or range of a reverse proxy, such as 10.0.0.0/8; can be repeated. The address of a client is then the last one in X-Forwarded-For that is not such a proxy: for the address ranges of custom robots, the delays after wrong secrets, and the access log.',
  },
  {
    name: 'callbackAllow',
    flag: '--callback-allow',
    kind: 'string',
    value: '<range>',
    unset: 'none',
    environment: ['HUIZHI_CALLBACK_ALLOW'],
    dev: { unset: 'loopback and private ranges' },
    many: true,
    commands: servers,
    inFile: true,
    doc: 'A loopback or private address or range, such as 127.0.0.1 or 10.0.0.0/8, that webhooks and callbacks may reach; can be repeated. Link-local, metadata and multicast addresses are always refused.',
  },
];
