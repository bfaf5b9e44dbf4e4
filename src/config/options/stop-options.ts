import type { Option } from './option.ts';

/** The option for the time before a stop. */
export const drainTimeOption: Option = {
  name: 'drainTime',
  flag: '--drain-time',
  kind: 'duration',
  value: '<duration>',
  default: '0s',
  environment: ['HUIZHI_DRAIN_TIME'],
  minimum: 0,
  maximum: 3_600_000,
  commands: ['serve'],
  inFile: true,
  doc: 'How long the server goes on after SIGTERM or SIGINT: /readyz returns 503, so that load balancers send no more requests, and all requests are still served. Then the stop begins. A second signal ends this time.',
};
