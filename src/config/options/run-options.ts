import { isVendorHost } from '../../wire/vendor/hosts.ts';
import { UsageError } from '../values.ts';
import type { Option, OptionValue } from './option.ts';

const run = { kind: 'string', commands: ['run'], inFile: false } as const;

/** Options of `huizhi run`. */
export const runOptions: readonly Option[] = [
  {
    ...run,
    name: 'runEndpoint',
    flag: '--endpoint',
    value: '<url>',
    unset: 'an emulator for this run',
    environment: ['HUIZHI_ENDPOINT'],
    doc: 'Address of the huizhi that answers for the vendor. Without it, huizhi run starts an emulator as huizhi dev does, and ends it with the command.',
  },
  {
    ...run,
    name: 'runConfig',
    flag: '--config',
    value: '<path>',
    unset: 'demo data',
    environment: ['HUIZHI_CONFIG'],
    doc: 'Configuration file of the emulator: options of huizhi dev, and organizations, apps and robots, such as the app whose key the program has.',
  },
  {
    ...run,
    kind: 'integer',
    name: 'runPort',
    flag: '--port',
    value: '<number>',
    default: '0',
    // PORT in the environment is for the command.
    environment: [],
    minimum: 0,
    maximum: 65_535,
    doc: 'Port of the emulator on the loopback address. 0 picks a free port; the URL is printed.',
  },
  {
    ...run,
    name: 'allowHost',
    flag: '--allow-host',
    value: '<name>',
    unset: 'only the vendor’s hosts, which lead to huizhi',
    environment: ['HUIZHI_ALLOW_HOST'],
    many: true,
    doc: 'A host that the command may connect to through the proxy of huizhi run, on ports 80 and 443 or on the port that follows: example.com, *.example.com, example.com:8443, or * for every host. Can be repeated.',
  },
];

/** The validated options of `huizhi run`. */
export type RunConfig = {
  /** Undefined to start an emulator. */
  readonly endpoint: URL | undefined;
  /** Hosts that may be reached; `createRoutes()` has their form. */
  readonly allowed: readonly string[];
  readonly command: string;
  readonly args: readonly string[];
};

type Find = (name: string) => OptionValue | undefined;

/** Reads the options of `huizhi run` that are not options of its emulator. Throws a UsageError. */
export function readRun(find: Find, [command, ...args]: readonly string[]): RunConfig {
  if (command === undefined)
    throw new UsageError('Name the command to run: huizhi run [options] -- <command> [argument…].');
  return { endpoint: readEndpoint(find), allowed: readAllowed(find('allowHost')), command, args };
}

function readEndpoint(find: Find): URL | undefined {
  const given = find('runEndpoint');
  if (!given) return undefined;
  const url = URL.parse(given.text);
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/')
    throw new UsageError(`${given.source} must be the URL of a huizhi without a path, such as http://127.0.0.1:8720.`);
  if (isVendorHost(url.hostname))
    throw new UsageError(
      `${given.source} ${url.host} is the vendor’s: huizhi run leads calls away from it, never to it.`,
    );
  const other = ['runConfig', 'runPort'].map(find).find((one) => one?.source.startsWith('--'));
  if (other)
    throw new UsageError(`${other.source} is for the emulator that ${given.source} replaces: give one of them.`);
  return url;
}

function readAllowed(given: OptionValue | undefined): readonly string[] {
  if (!given) return [];
  return given.text.split(',').map((text) => {
    const name = text.trim();
    if (/^(?:\*|(?:\*\.)?[\p{L}\p{N}_.-]+|\[[\da-f:.]+\]|[\da-f:]+)(?::\d{1,5})?$/iu.test(name)) return name;
    const shown = JSON.stringify(name.slice(0, 60));
    throw new UsageError(
      `${given.source} ${shown} must be a host such as example.com, *.example.com or example.com:8443.`,
    );
  });
}
