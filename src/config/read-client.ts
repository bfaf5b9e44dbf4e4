import { readFileSync, statSync } from 'node:fs';
import type { Command, Given, Option } from './option.ts';
import { type CommandLine, environmentOf, named, numberIn, optionalTextIn, type Surroundings } from './read.ts';
import { UsageError } from './values.ts';

type Texts = Readonly<Record<string, string | undefined>>;

/** Who calls what; a secret that is still missing may be asked for. */
export type Access = {
  readonly endpoint: string;
  /** Whether it was named, and is not the default. */
  readonly isEndpointGiven: boolean;
  readonly appKey: string | undefined;
  readonly appSecret: string | undefined;
  readonly token: string | undefined;
  readonly corpId: string | undefined;
  readonly robotCode: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  /** A sentence about the credentials file, if others can read it. */
  readonly warning: string | undefined;
};

export type Message =
  | { readonly text: string }
  | { readonly markdown: { readonly title: string; readonly text: string } }
  | { readonly msgKey: string; readonly msgParam: string };

/** What a command that talks to a server was told. */
export type ClientConfig = {
  readonly command: Command;
  readonly access: Access;
  readonly operands: readonly string[];
  readonly to: readonly string[];
  readonly toFile: string | undefined;
  /** For `send` alone. */
  readonly message: Message | undefined;
  readonly idempotencyKey: string | undefined;
  readonly watch: boolean;
  /** Milliseconds. */
  readonly interval: number | undefined;
  readonly csv: boolean;
  readonly json: boolean;
};

/** Reads the options of `send`, `status`, `recall` and `doctor`: flags before environment before credentials file; throws a UsageError. */
export function readClientConfig(
  command: Command,
  { flags, operands }: CommandLine,
  { environment }: Pick<Surroundings, 'environment'>,
): ClientConfig {
  const path = flags.get('credentials')?.text ?? environment.HUIZHI_CREDENTIALS;
  const file = path === undefined ? {} : credentialsIn(path);
  const given = (option: Option): Given | undefined =>
    flags.get(option.name) ?? environmentOf(option, command, environment) ?? environmentOf(option, command, file);
  const text = (name: string) => optionalTextIn(named(name), given(named(name)));
  const config: ClientConfig = {
    command,
    access: accessFrom(given, path),
    operands,
    to: (text('to') ?? '').split(',').flatMap((userId) => userId.trim() || []),
    toFile: text('toFile'),
    message: command === 'send' ? messageFrom(text) : undefined,
    idempotencyKey: text('idempotencyKey'),
    watch: flags.has('watch'),
    interval: durationFrom('interval', given),
    csv: flags.has('csv'),
    json: flags.has('json'),
  };
  refuseIncomplete(config);
  return config;
}

type Lookup = (option: Option) => Given | undefined;

function accessFrom(given: Lookup, path: string | undefined): Access {
  const text = (name: string) => optionalTextIn(named(name), given(named(name)));
  const endpoint = text('endpoint') ?? named('endpoint').default ?? '';
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ''))
    throw new UsageError(
      `${given(named('endpoint'))?.source} ${JSON.stringify(endpoint)} must be a URL, such as http://127.0.0.1:8720 or https://api.dingtalk.com.`,
    );
  return {
    endpoint,
    isEndpointGiven: given(named('endpoint')) !== undefined,
    appKey: text('appKey'),
    appSecret: text('appSecret'),
    token: text('token'),
    corpId: text('corpId'),
    robotCode: text('robotCode'),
    timeout: durationFrom('timeout', given) ?? 10_000,
    warning: path === undefined ? undefined : openness(path),
  };
}

function durationFrom(name: string, given: Lookup): number | undefined {
  const found = given(named(name));
  return found && numberIn(named(name), found);
}

function messageFrom(text: (name: string) => string | undefined): Message {
  const [plain, markdown, msgKey, msgParam] = ['text', 'markdown', 'msgKey', 'msgParam'].map(text);
  if ((msgKey === undefined) !== (msgParam === undefined))
    throw new UsageError('--msg-key and --msg-param go together: give both, or use --text or --markdown.');
  if ([plain, markdown, msgKey].filter((one) => one !== undefined).length !== 1)
    throw new UsageError('Say what to send, once: --text, --markdown, or --msg-key with --msg-param.');
  const title = text('title');
  if (title !== undefined && markdown === undefined)
    throw new UsageError('--title is of a Markdown message: it goes with --markdown.');
  if (plain !== undefined) return { text: plain };
  if (msgKey !== undefined && msgParam !== undefined) return { msgKey, msgParam };
  const body = markdown ?? '';
  return { markdown: { title: title ?? firstLine(body), text: body } };
}

const firstLine = (markdown: string) => (markdown.trim().split('\n')[0] ?? '').replace(/^#+\s*/, '').slice(0, 100);

function refuseIncomplete({ command, operands, to, toFile, access, csv, json }: ClientConfig): void {
  if (command === 'doctor') return;
  if (command === 'send' && to.length === 0 && toFile === undefined)
    throw new UsageError('Say who gets it: --to <userId,…>, or --to-file with a userId on each line.');
  if (command !== 'send' && operands.length === 0)
    throw new UsageError(
      `Name the messages: huizhi ${command} <processQueryKey>…, as huizhi send has printed them; - takes them from standard input.`,
    );
  if (csv && json) throw new UsageError('--csv and --json are two forms of the same: give one of them.');
  if (access.robotCode === undefined)
    throw new UsageError('Name the robot: --robot <robotCode>, or HUIZHI_ROBOT in the environment.');
}

/** The lines `NAME=value` of a credentials file; others are empty or comments, or a UsageError. */
function credentialsIn(path: string): Texts {
  const lines = fileText(path).split(/\r?\n/);
  const pairs = lines.flatMap((line, i) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    // The line is not repeated: it may well hold a secret.
    if (name === undefined) throw new UsageError(`${path}:${i + 1}: is not a line such as HUIZHI_APP_SECRET=…`);
    return [[name, value.replace(/^(['"])(.*)\1$/, '$2')] as const];
  });
  return Object.fromEntries(pairs);
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new UsageError(
      `--credentials ${path} cannot be read (${code}): name a file with lines such as HUIZHI_APP_SECRET=….`,
      { cause },
    );
  }
}

function openness(path: string): string | undefined {
  if (process.platform === 'win32' || (statSync(path).mode & 0o077) === 0) return undefined;
  return `Others on this machine can read ${path}: chmod 600 ${path}`;
}
