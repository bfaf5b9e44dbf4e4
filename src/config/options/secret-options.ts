import type { Option } from './option.ts';

/** `--secret`: the secret of an installation. */
export const secretOption: Option = {
  commands: ['dev', 'serve'],
  inFile: true,
  name: 'secret',
  flag: '--secret',
  kind: 'string',
  value: '<text>',
  unset: 'created at the first start and stored in the database',
  environment: ['HUIZHI_SECRET'],
  minimum: 16,
  maximum: 1024,
  secret: true,
  argument: false,
  doc: 'Signs access tokens and processQueryKeys, at least 16 characters. Processes on one database share it; a new secret invalidates everything that the old one signed.',
};

/** `--admin-token`: the token of the operator. */
export const adminTokenOption: Option = {
  commands: ['dev', 'serve', 'backup', 'admin'],
  inFile: true,
  name: 'adminToken',
  flag: '--admin-token',
  kind: 'string',
  value: '<text>',
  unset: 'created at the first start and printed once',
  environment: ['HUIZHI_ADMIN_TOKEN'],
  dev: { unset: 'created and printed at each start' },
  minimum: 16,
  maximum: 1024,
  secret: true,
  argument: false,
  doc: 'Bearer token of the operator; at least 16 characters. huizhi admin signs in with it, and prompts for it on a terminal.',
};
