import { readFileSync, statSync } from 'node:fs';
import { callVoices } from '../wire/vendor/values.ts';
import { dingChannels } from './options/client-options.ts';
import { type McpRules, readMcpRules } from './options/mcp-options.ts';
import type { Command, Option, OptionValue } from './options/option.ts';
import {
  type CommandLine,
  findOption,
  type ProcessContext,
  parseChoice,
  parseNumber,
  parseOptionalText,
  readEnvironment,
} from './read.ts';
import { UsageError } from './values.ts';

type Texts = Readonly<Record<string, string | undefined>>;

/** Endpoint, credentials and robot of the calls. A missing appSecret can still be prompted for. */
export type Access = {
  readonly endpoint: string;
  /** Whether the endpoint was set explicitly, as opposed to the default. */
  readonly isEndpointGiven: boolean;
  readonly appKey: string | undefined;
  readonly appSecret: string | undefined;
  readonly token: string | undefined;
  readonly corpId: string | undefined;
  readonly robotCode: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  /** A warning to print if other users can read the credentials file; otherwise undefined. */
  readonly warning: string | undefined;
};

export type Message =
  | { readonly text: string }
  | { readonly markdown: { readonly title: string; readonly text: string } }
  | { readonly msgKey: string; readonly msgParam: string };

/** What `huizhi ding` does: sends one, or acts on those of the operands. */
export type DingAction =
  | {
      readonly action: 'send';
      readonly text: string;
      readonly channel: (typeof dingChannels)[number];
      readonly voice: string | undefined;
    }
  | { readonly action: 'status' | 'recall' };

/** The validated options and operands of a client command. */
export type ClientConfig = {
  readonly command: Command;
  readonly access: Access;
  readonly operands: readonly string[];
  readonly to: readonly string[];
  readonly toFile: string | undefined;
  /** The openConversationId of a group, instead of users. */
  readonly group: string | undefined;
  /** Set for `send` only. */
  readonly message: Message | undefined;
  /** Set for `ding` only. */
  readonly ding: DingAction | undefined;
  /** Set for `mcp` only. */
  readonly mcp: McpRules | undefined;
  readonly idempotencyKey: string | undefined;
  /** The type of the files of `upload`; by their names if undefined. */
  readonly mediaType: 'image' | 'voice' | 'video' | 'file' | undefined;
  readonly watch: boolean;
  /** Milliseconds. */
  readonly interval: number | undefined;
  readonly csv: boolean;
  readonly json: boolean;
};

/**
 * Reads the options of the client commands and of `doctor`. Flags take precedence over the environment, and the
 * environment over the credentials file. Throws a UsageError for missing, invalid or contradictory options.
 */
export function readClientConfig(
  command: Command,
  { flags, operands }: CommandLine,
  { environment }: Pick<ProcessContext, 'environment'>,
): ClientConfig {
  const path = flags.get('credentials')?.text ?? environment.HUIZHI_CREDENTIALS;
  const file = path === undefined ? {} : readCredentialsFile(path);
  const given = (option: Option): OptionValue | undefined =>
    flags.get(option.name) ?? readEnvironment(option, command, environment) ?? readEnvironment(option, command, file);
  const text = (name: string) => parseOptionalText(findOption(name), given(findOption(name)));
  const config: ClientConfig = {
    command,
    access: readAccess(given, path),
    operands,
    to: (text('to') ?? '').split(',').flatMap((userId) => userId.trim() || []),
    toFile: text('toFile'),
    group: text('group'),
    message: command === 'send' ? readMessage(text) : undefined,
    ding: command === 'ding' ? readDing(given, flags) : undefined,
    mcp: command === 'mcp' ? readMcp(text, flags, given) : undefined,
    idempotencyKey: text('idempotencyKey'),
    mediaType: parseChoice(
      ['image', 'voice', 'video', 'file'],
      findOption('mediaType'),
      given(findOption('mediaType')),
    ),
    watch: flags.has('watch'),
    interval: readDuration('interval', given),
    csv: flags.has('csv'),
    json: flags.has('json'),
  };
  refuseIncomplete(config);
  return config;
}

type Lookup = (option: Option) => OptionValue | undefined;

/** Reads the endpoint and the credentials. Throws a UsageError for invalid ones. */
export function readAccess(given: Lookup, path: string | undefined): Access {
  const text = (name: string) => parseOptionalText(findOption(name), given(findOption(name)));
  const endpoint = text('endpoint') ?? findOption('endpoint').default ?? '';
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ''))
    throw new UsageError(
      `${given(findOption('endpoint'))?.source} ${JSON.stringify(endpoint)} must be a URL, such as http://127.0.0.1:8720 or https://api.dingtalk.com.`,
    );
  return {
    endpoint,
    isEndpointGiven: given(findOption('endpoint')) !== undefined,
    appKey: text('appKey'),
    appSecret: text('appSecret'),
    token: text('token'),
    corpId: text('corpId'),
    robotCode: text('robotCode'),
    timeout: readDuration('timeout', given) ?? 10_000,
    warning: path === undefined ? undefined : checkFileMode(path),
  };
}

function readDuration(name: string, given: Lookup): number | undefined {
  const found = given(findOption(name));
  return found && parseNumber(findOption(name), found);
}

function readMessage(text: (name: string) => string | undefined): Message {
  const [plain, markdown, msgKey, msgParam] = ['text', 'markdown', 'msgKey', 'msgParam'].map(text);
  if ((msgKey === undefined) !== (msgParam === undefined))
    throw new UsageError('--msg-key and --msg-param go together: give both, or use --text or --markdown.');
  if ([plain, markdown, msgKey].filter((one) => one !== undefined).length !== 1)
    throw new UsageError('Give exactly one content: --text, --markdown, or --msg-key with --msg-param.');
  const title = text('title');
  if (title !== undefined && markdown === undefined)
    throw new UsageError('--title belongs to a Markdown message: use it with --markdown.');
  if (plain !== undefined) return { text: plain };
  if (msgKey !== undefined && msgParam !== undefined) return { msgKey, msgParam };
  const body = markdown ?? '';
  return { markdown: { title: title ?? createTitle(body), text: body } };
}

/** Returns a title for a Markdown text: its first line, without the marks of a heading. */
export const createTitle = (markdown: string) =>
  (markdown.trim().split('\n')[0] ?? '').replace(/^#+\s*/, '').slice(0, 100);

function readDing(given: Lookup, flags: CommandLine['flags']): DingAction {
  const [isStatus, isRecall] = [flags.has('readStatus'), flags.has('recallDing')];
  if (isStatus && isRecall) throw new UsageError('--status and --recall exclude each other: give one of them.');
  const content = parseOptionalText(findOption('text'), given(findOption('text')));
  const channel = parseChoice(dingChannels, findOption('channel'), given(findOption('channel')));
  const voice = parseChoice(callVoices, findOption('voice'), given(findOption('voice')));
  if (isStatus || isRecall) {
    const sending = ['to', 'toFile', 'text', 'channel', 'voice', 'idempotencyKey'].find((name) => flags.has(name));
    if (sending !== undefined)
      throw new UsageError(`${findOption(sending).flag} is for sending; leave it out, or --status and --recall.`);
    return { action: isStatus ? 'status' : 'recall' };
  }
  if (content === undefined) throw new UsageError('Give the text of the DING: --text <text>.');
  if (voice !== undefined && channel !== 'phone') throw new UsageError('--voice belongs to --channel phone.');
  return { action: 'send', text: content, channel: channel ?? 'app', voice };
}

function readMcp(text: (name: string) => string | undefined, flags: CommandLine['flags'], given: Lookup): McpRules {
  const option = findOption('maxRecipients');
  const maximum = given(option) ?? { text: option.default ?? '', source: 'default' };
  return readMcpRules(text, (name) => flags.has(name), parseNumber(option, maximum));
}

function refuseIncomplete(config: ClientConfig): void {
  const { command, operands, access, ding, csv, json } = config;
  if (command === 'doctor') return;
  const isSending = command === 'send' || ding?.action === 'send';
  checkRecipients(config, isSending);
  if (ding?.action === 'send' && operands.length > 0)
    throw new UsageError(`${JSON.stringify(operands[0])} is an operand; openDingIds go with --status or --recall.`);
  if (ding && !isSending && operands.length === 0)
    throw new UsageError('Name the DINGs: their openDingIds, as huizhi ding printed them; - reads standard input.');
  if (command === 'upload' && operands.length === 0) throw new UsageError('Name the files: huizhi upload <file>….');
  if (!isSending && !ding && command !== 'mcp' && operands.length === 0)
    throw new UsageError(
      `Name the messages: huizhi ${command} <processQueryKey>…, as huizhi send printed them; - reads them from standard input.`,
    );
  if (csv && json) throw new UsageError('--csv and --json exclude each other: give one of them.');
  if (access.robotCode === undefined && command !== 'upload')
    throw new UsageError('Name the robot with --robot <robotCode>, or with HUIZHI_ROBOT in the environment.');
}

function checkRecipients({ command, to, toFile, group, watch }: ClientConfig, isSending: boolean): void {
  const hasUsers = to.length > 0 || toFile !== undefined;
  if (isSending && !hasUsers && group === undefined) {
    const orGroup = command === 'send' ? ', or --group <openConversationId>' : '';
    throw new UsageError(`Name the recipients: --to <userId,…>, or --to-file with a userId on each line${orGroup}.`);
  }
  if (hasUsers && group !== undefined)
    throw new UsageError('--group and --to exclude each other: a message goes to a group or to users.');
  if (watch && group !== undefined)
    throw new UsageError(
      '--watch is for messages to users: a message to a group has no list of those who have not read.',
    );
}

/**
 * Reads the `NAME=value` lines of a credentials file; skips blank lines and comments. Throws a UsageError for any other
 * line.
 */
export function readCredentialsFile(path: string): Texts {
  const lines = readTextFile(path).split(/\r?\n/);
  const pairs = lines.flatMap((line, i) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    // The message does not repeat the line, which may contain a secret.
    if (name === undefined) throw new UsageError(`${path}:${i + 1}: is not a line such as HUIZHI_APP_SECRET=…`);
    return [[name, value.replace(/^(['"])(.*)\1$/, '$2')] as const];
  });
  return Object.fromEntries(pairs);
}

function readTextFile(path: string): string {
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

function checkFileMode(path: string): string | undefined {
  if (process.platform === 'win32' || (statSync(path).mode & 0o077) === 0) return undefined;
  return `Other users of this machine can read ${path}: run chmod 600 ${path}`;
}
