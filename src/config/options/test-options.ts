import type { Option } from './option.ts';

const dev = { kind: 'boolean', commands: ['dev'] } as const;

/** Options of `huizhi dev` for tests that start it as a child process. */
export const testOptions: readonly Option[] = [
  {
    ...dev,
    name: 'awaitDeliveries',
    flag: '--await-deliveries',
    default: 'false',
    environment: ['HUIZHI_AWAIT_DELIVERIES'],
    inFile: true,
    doc: 'Handle each request after all earlier messages are delivered, as startEmulator() does, so that a test sees a message as PROCESSING only while deliveries are held. The environment variable takes true or false.',
  },
  {
    ...dev,
    name: 'exitWithStdin',
    flag: '--exit-with-stdin',
    environment: [],
    inFile: false,
    doc: 'Stop when standard input ends, as after SIGTERM. If it is a pipe from the process that started huizhi, huizhi does not outlive that process, even if it is killed.',
  },
];
