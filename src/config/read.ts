import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { isAddressRange } from '../wire/address-range.ts';
import { didYouMean } from '../wire/did-you-mean.ts';
import { formatDuration, parseDuration } from '../wire/duration.ts';
import { refuseContradictions } from './contradictions.ts';
import { readPasswordFile, refuseUnusedPassword } from './database-password.ts';
import { demoSecrets, demoTokens } from './demo.ts';
import type { SetupFile } from './file.ts';
import { readBackup } from './options/backup-options.ts';
import { readObservation } from './options/observe-options.ts';
import { readOidc, readPublicUrl } from './options/oidc-options.ts';
import type { OptionValue } from './options/option.ts';
import { streamRepeats } from './options/stream-options.ts';
import { readTls } from './options/tls-options.ts';
import {
  type Command,
  type Config,
  commands,
  listFlags,
  logFormats,
  logLevels,
  noticeLimitRules,
  type Option,
  operands as operandsOf,
  options,
  readTimestamps,
  remotePictureRules,
  switches,
} from './options.ts';
import { resolveSecret } from './secret-files.ts';
import type { SetupOrganization } from './setup.ts';
import { parseInteger, UsageError } from './values.ts';
import { describeWeakness } from './weak-secrets.ts';

export type Flags = ReadonlyMap<string, OptionValue>;

/** The properties of the process on which options depend. */
export type ProcessContext = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether logs go to a terminal. */
  readonly terminal: boolean;
};

/** A parsed command line: flags by option name, and operands such as processQueryKeys. */
export type CommandLine = { readonly flags: Flags; readonly operands: readonly string[] };

/**
 * Parses `--flag value`, `--flag=value`, `--switch`, `-h`, `-V` and operands; after `--`, everything is an operand.
 * Throws a UsageError for anything that the command does not accept.
 */
export function parseCommandLine(command: Command, args: readonly string[]): CommandLine {
  const flags = new Map<string, OptionValue>();
  const operands: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [flag, inline] = splitFlag(args[i] ?? '');
    if (operandsOf[command] && flag === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (operandsOf[command] && (flag === '-' || !flag.startsWith('-'))) {
      // The first word is a command, and what follows it are its own arguments.
      if (command === 'run') return { flags, operands: args.slice(i) };
      operands.push(args[i] ?? '');
      continue;
    }
    const option = resolveFlag(command, flag);
    const before = flags.get(option.name);
    if (before && !option.many) throw new UsageError(`${option.flag} is given twice.`);
    if (option.kind === 'boolean' && inline !== undefined) throw new UsageError(`${option.flag} takes no value.`);
    const text = option.kind === 'boolean' ? 'true' : (inline ?? args[++i]);
    if (text === undefined || (inline === undefined && text.startsWith('--')))
      throw new UsageError(`${option.flag} needs a value: ${option.flag} ${formatPlaceholder(option)}`);
    flags.set(option.name, { text: before ? `${before.text},${text}` : text, source: option.flag });
  }
  return { flags, operands };
}

function splitFlag(argument: string): [string, string | undefined] {
  const at = argument.startsWith('--') ? argument.indexOf('=') : -1;
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}

function resolveFlag(command: Command, flag: string): Option {
  const called = options.filter((option) => option.flag === flag || option.short === flag);
  // Two commands may use the same flag for different options.
  const known = called.find((option) => option.commands.includes(command)) ?? called[0];
  if (known?.argument === false) throw createArgumentError(known);
  if (known?.commands.includes(command)) return known;
  if (known)
    throw new UsageError(`huizhi ${command} has no ${flag}; it is an option of ${listCommands(known.commands)}.`);
  if (!flag.startsWith('-'))
    throw new UsageError(`huizhi ${command} accepts options only, not ${JSON.stringify(flag)}.`);
  throw new UsageError(`huizhi ${command} has no option ${flag}.${didYouMean(flag, listFlags(command))}`);
}

function createArgumentError({ name, flag, environment }: Option): UsageError {
  const file = options.find((option) => option.name === `${name}File`);
  const other = file ? `, or name a file that contains it with ${file.flag}` : ' or in the file of --credentials';
  return new UsageError(
    `${flag} cannot be given on the command line, which all users of this machine can read: set ${environment[0]} in the environment${other}.`,
  );
}

const listCommands = (names: readonly Command[]) => names.map((name) => `huizhi ${name}`).join(' and ');

/** Returns the placeholder of an option's value, such as `<number>`, or its choices. */
function formatPlaceholder(option: Option): string {
  return option.choices ? `<${option.choices.join('|')}>` : (option.value ?? '');
}

/**
 * Reads the configuration of a server command. Flags take precedence over the environment, the environment over the
 * configuration file, and the file over defaults. Throws a UsageError for invalid or contradictory values.
 */
export async function readConfig(
  command: Command,
  flags: Flags,
  { environment, terminal }: ProcessContext,
): Promise<Config> {
  const file = await loadConfigFile(command, flags, environment);
  const given = (option: Option): OptionValue | undefined =>
    flags.get(option.name) ?? readEnvironment(option, command, environment) ?? file?.options.get(option.name);
  const config = buildConfig(command, given, terminal, file);
  refuseContradictions(config, (name) => given(findOption(name))?.source ?? findOption(name).flag);
  return config;
}

async function loadConfigFile(
  command: Command,
  flags: Flags,
  environment: ProcessContext['environment'],
): Promise<SetupFile | undefined> {
  const option = findOption('config');
  const given = flags.get('config') ?? readEnvironment(option, command, environment);
  if (given) parseText(option, given);
  const path = given?.text ?? (command !== 'dev' && existsSync('huizhi.yaml') ? 'huizhi.yaml' : undefined);
  if (path === undefined) return undefined;
  const { readSetupFile } = await import('./file.ts');
  const file = readSetupFile(path);
  if (command === 'serve') refuseWeakSecrets(file);
  return file;
}

/**
 * Throws a UsageError if an appSecret in the file is public or easy to guess: one of the demo data, a placeholder, or
 * too short.
 */
function refuseWeakSecrets({ setup, refuse }: SetupFile): void {
  const findings = [
    ...(setup?.apps ?? []).map(({ appSecret }, i) => ({ path: ['apps', i, 'appSecret'], secret: appSecret })),
    ...(setup?.organizations ?? []).flatMap(locateTokens),
  ].flatMap(({ path, secret }) => {
    const isDemo = demoSecrets.includes(secret) || demoTokens.includes(secret);
    const what = isDemo ? 'is a demo secret, which is public; use a long random one.' : describeWeakness(secret);
    return what === undefined ? [] : [{ path, what }];
  });
  if (findings.length > 0) refuse(findings);
}

function locateTokens({ groups = [] }: SetupOrganization, i: number) {
  return groups.flatMap(({ customRobots = [] }, j) =>
    customRobots.map(({ token }, k) => {
      return { path: ['organizations', i, 'groups', j, 'customRobots', k, 'token'], secret: token };
    }),
  );
}

export function readEnvironment(
  option: Option,
  command: Command,
  environment: ProcessContext['environment'],
): OptionValue | undefined {
  const names = (command === 'dev' && option.dev?.environment) || option.environment;
  const source = names.find((name) => environment[name] !== undefined);
  return source === undefined ? undefined : { source, text: environment[source] ?? '' };
}

const optionsByName = new Map(options.map((option) => [option.name, option]));

export function findOption(name: string): Option {
  const option = optionsByName.get(name);
  if (!option) throw new Error(`no option ${name}`);
  return option;
}

type Lookup = (option: Option) => OptionValue | undefined;

function buildConfig(command: Command, given: Lookup, terminal: boolean, file: SetupFile | undefined): Config {
  const of = (name: string) => [findOption(name), resolveValue(findOption(name), command, given)] as const;
  const find = (name: string) => of(name)[1];
  const text = (name: string) => parseOptionalText(...of(name));
  const number = (name: string) => parseNumber(...of(name));
  const secret = (name: string) => {
    const option = findOption(name);
    return parseOptionalText(option, resolveSecret(find(name), find(`${name}File`)));
  };
  const [publicUrl, oidc] = [readPublicUrl(find, text), readOidc(find, text, secret)];
  const tls = readTls(find, text);
  const trustedHosts = parseHosts(...of('trustedHost'));
  const trustedProxies = parseRanges(...of('trustedProxy'));
  const callbackAllow = parseRanges(...of('callbackAllow'));
  return {
    command,
    port: number('port'),
    host: parseHost(...of('host')),
    ...readDatabases(command, of),
    poolSize: number('poolSize'),
    receiptCache: number('receiptCache'),
    secret: secret('secret'),
    adminToken: secret('adminToken'),
    readWindow: number('readWindow'),
    retention: number('retention'),
    statisticsRetention: number('statisticsRetention'),
    auditRetention: number('auditRetention'),
    readTimestamp: parseChoice(readTimestamps, ...of('readTimestamp')) ?? 'seconds',
    remotePictures: parseChoice(remotePictureRules, ...of('remotePictures')) ?? 'allow',
    noticeLimits: parseChoice(noticeLimitRules, ...of('noticeLimits')) ?? 'lenient',
    mediaQuota: number('mediaQuota'),
    webhookBlock: number('webhookBlock'),
    streamLifetime: number('streamLifetime'),
    streamConnections: number('streamConnections'),
    streamRepeat: parseChoice(streamRepeats, ...of('streamRepeat')) ?? 'on',
    qpsLimit: number('qpsLimit'),
    maxConnections: number('maxConnections'),
    drainTime: number('drainTime'),
    logLevel: parseChoice(logLevels, ...of('logLevel')) ?? 'info',
    logFormat: parseChoice(logFormats, ...of('logFormat')) ?? (terminal ? 'pretty' : 'json'),
    setup: file?.setup,
    fastPath: parseChoice(['true', 'false'], ...of('noFastPath')) !== 'true',
    accessLog: parseChoice(switches, ...of('accessLog')) === 'on',
    ...readObservation(find, text, number, secret),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(oidc === undefined ? {} : { oidc }),
    ...(tls === undefined ? {} : { tls }),
    ...(trustedHosts === undefined ? {} : { trustedHosts }),
    ...(trustedProxies === undefined ? {} : { trustedProxies }),
    ...(callbackAllow === undefined ? {} : { callbackAllow }),
    ...(of('confirmRetention')[1] === undefined ? {} : { confirmRetention: true }),
    check: of('check')[1] !== undefined,
    ...readBackup(find, text, number),
    acceptMissingLog: of('acceptMissingLog')[1] !== undefined,
    json: of('json')[1] !== undefined,
    ...(parseChoice(['true', 'false'], ...of('awaitDeliveries')) === 'true' ? { awaitDeliveries: true } : {}),
    ...(of('exitWithStdin')[1] === undefined ? {} : { exitWithStdin: true }),
  };
}

type Databases = Pick<Config, 'database' | 'databaseDirect' | 'from' | 'to'>;

/** Reads the databases of a command, and adds the password in the file of `--database-password-file`. */
function readDatabases(command: Command, of: (name: string) => readonly [Option, OptionValue | undefined]): Databases {
  const [, file] = of('databasePasswordFile');
  const addPassword = readPasswordFile(file);
  const complete = <T extends string | undefined>(name: string, parse: (...given: ReturnType<typeof of>) => T) => {
    const [option, given] = of(name);
    const address = parse(option, given);
    return address && addPassword({ address, source: given?.source ?? option.flag });
  };
  const database = parseDatabase(...of('database'));
  refuseUnusedPassword(file, command, database);
  const direct = complete('databaseDirect', parsePostgresUrl);
  return {
    database: complete('database', parseDatabase),
    ...(direct === undefined ? {} : { databaseDirect: direct }),
    from: complete('moveFrom', parseOptionalDatabase),
    to: complete('moveTo', parseOptionalDatabase),
  };
}

/** Returns the value of an option or its default. A command that lacks the option always gets the default. */
function resolveValue(option: Option, command: Command, given: Lookup): OptionValue | undefined {
  const fallback = (command === 'dev' ? option.dev?.default : undefined) ?? option.default;
  const otherwise = fallback === undefined ? undefined : { text: fallback, source: 'default' };
  return (option.commands.includes(command) ? given(option) : undefined) ?? otherwise;
}

/** An error message repeats at most this many characters of a wrong value. */
const longestShown = 60;

function createValueError(option: Option, { text, source }: OptionValue, must: string): UsageError {
  if (text.trim() === '')
    return new UsageError(`${source} is empty; omit it, or set it to ${formatPlaceholder(option)}.`);
  const shown = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
  return new UsageError(`${source}${option.secret ? '' : ` ${JSON.stringify(shown)}`} ${must}`);
}

export function parseNumber(option: Option, given: OptionValue | undefined): number {
  if (!given) throw new Error(`no default for ${option.name}`);
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER, kind } = option;
  const value = kind === 'duration' ? parseDuration(given.text, Number.POSITIVE_INFINITY) : parseInteger(given.text);
  if (kind === 'duration' && value === undefined)
    throw createValueError(option, given, 'must be a number and a unit (ms, s, m, h or d), such as 90s or 24h.');
  if (value !== undefined && value >= minimum && value <= maximum) return value;
  const least = minimum > 1 ? `at least ${formatDuration(minimum)} and ` : minimum === 1 ? 'longer than 0 and ' : '';
  const range =
    kind === 'duration' ? `${least}at most ${formatDuration(maximum)}` : `a whole number from ${minimum} to ${maximum}`;
  throw createValueError(option, given, `must be ${range}.`);
}

/** Returns the chosen value of an option; undefined if it is not set. Throws a UsageError for any other text. */
export function parseChoice<T extends string>(
  choices: readonly T[],
  option: Option,
  given: OptionValue | undefined,
): T | undefined {
  if (!given) return undefined;
  const chosen = choices.find((choice) => choice === given.text);
  if (chosen !== undefined) return chosen;
  throw createValueError(option, given, `must be one of ${choices.join(', ')}.${didYouMean(given.text, choices)}`);
}

export function parseOptionalText(option: Option, given: OptionValue | undefined): string | undefined {
  return given && parseText(option, given);
}

function parseText(option: Option, given: OptionValue): string {
  const { minimum = 1, maximum = 4096 } = option;
  const length = given.text.trim() === '' ? 0 : [...given.text].length;
  if (length < minimum || length > maximum || (option.lines ? /\0/ : /\p{Cc}/u).test(given.text))
    throw createValueError(
      option,
      given,
      `must be ${minimum} to ${maximum} characters${option.lines ? '' : ' on one line'}.`,
    );
  return given.text;
}

function parseHost(option: Option, given: OptionValue | undefined): string {
  const host = given?.text ?? '';
  if (isIP(host) > 0 || /^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/i.test(host)) return host;
  throw createValueError(
    option,
    given ?? { text: '', source: option.flag },
    'must be a host name or an IP address, without a port.',
  );
}

/** Parses a comma-separated list of host names. */
function parseHosts(option: Option, given: OptionValue | undefined): readonly string[] | undefined {
  if (!given) return undefined;
  const { source } = given;
  return given.text.split(',').map((text) => parseHost(option, { source, text: text.trim() }));
}

function parseRanges(option: Option, given: OptionValue | undefined): readonly string[] | undefined {
  return given?.text.split(',').map((text) => {
    if (isAddressRange(text.trim())) return text.trim();
    throw createValueError(option, { ...given, text }, 'must be an IP address or a range, such as 10.0.0.0/8.');
  });
}

/** Refuses URLs of other databases, because DATABASE_URL may belong to another program. */
function parseDatabase(option: Option, given: OptionValue | undefined): string {
  const found = given ?? { text: '', source: option.flag };
  const text = parseText(option, found);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  if (scheme === undefined || /^postgres(ql)?$/i.test(scheme)) return text;
  // The message does not repeat the URL, which may contain a password.
  throw new UsageError(
    `${found.source} is a ${scheme}:// URL; huizhi supports a SQLite file (a path), :memory:, and PostgreSQL (postgres://).`,
  );
}

function parseOptionalDatabase(option: Option, given: OptionValue | undefined): string | undefined {
  return given && parseDatabase(option, given);
}

/** Parses the URL of a PostgreSQL server. The error message does not repeat it, because it may contain a password. */
function parsePostgresUrl(option: Option, given: OptionValue | undefined): string | undefined {
  if (!given) return undefined;
  const text = parseText(option, given);
  if (/^postgres(ql)?:\/\//i.test(text)) return text;
  throw new UsageError(`${given.source} must be the URL of a PostgreSQL server (postgres://…).`);
}

/** Returns the command of a name; throws a UsageError that lists all commands if there is none. */
export function parseCommand(word: string): Command {
  const command = commands.find((candidate) => candidate === word);
  if (command) return command;
  const all = commands.map((name) => `huizhi ${name}`).join(', ');
  throw new UsageError(`There is no command ${JSON.stringify(word)}.${didYouMean(word, commands)} Commands: ${all}.`);
}
