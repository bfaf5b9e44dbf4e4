import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { didYouMean } from '../wire/did-you-mean.ts';
import { demoSecrets } from './demo.ts';
import type { SetupFile } from './file.ts';
import { oidcIn, publicUrlIn } from './oidc-options.ts';
import type { Given } from './option.ts';
import {
  type Command,
  type Config,
  commands,
  flagsOf,
  logFormats,
  logLevels,
  type Option,
  operands as operandsOf,
  options,
  readTimestamps,
  remotePictureRules,
  switches,
} from './options.ts';
import { secretGiven } from './secret-files.ts';
import { durationText, parseDuration, parseInteger, UsageError } from './values.ts';
import { weakness } from './weak-secrets.ts';

export type Flags = ReadonlyMap<string, Given>;

/** The parts of the process that decide about options. */
export type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether logs go to a terminal. */
  readonly terminal: boolean;
};

/** A command line taken apart: options by name, and what the command works on. */
export type CommandLine = { readonly flags: Flags; readonly operands: readonly string[] };

/** Reads `--flag value`, `--flag=value`, `--switch`, `-h`, `-V` and operands, all of them after `--`; throws a UsageError for what the command does not have. */
export function readLine(command: Command, args: readonly string[]): CommandLine {
  const flags = new Map<string, Given>();
  const operands: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [flag, inline] = split(args[i] ?? '');
    if (operandsOf[command] && flag === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (operandsOf[command] && (flag === '-' || !flag.startsWith('-'))) {
      operands.push(args[i] ?? '');
      continue;
    }
    const option = optionOf(command, flag);
    const before = flags.get(option.name);
    if (before && !option.many) throw new UsageError(`${option.flag} is given twice.`);
    if (option.kind === 'boolean' && inline !== undefined) throw new UsageError(`${option.flag} takes no value.`);
    const text = option.kind === 'boolean' ? 'true' : (inline ?? args[++i]);
    if (text === undefined || (inline === undefined && text.startsWith('--')))
      throw new UsageError(`${option.flag} needs a value: ${option.flag} ${formOf(option)}`);
    flags.set(option.name, { text: before ? `${before.text},${text}` : text, source: option.flag });
  }
  return { flags, operands };
}

function split(argument: string): [string, string | undefined] {
  const at = argument.startsWith('--') ? argument.indexOf('=') : -1;
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}

function optionOf(command: Command, flag: string): Option {
  const called = options.filter((option) => option.flag === flag || option.short === flag);
  // Two commands may mean different things by one flag.
  const known = called.find((option) => option.commands.includes(command)) ?? called[0];
  if (known?.argument === false) throw notAnArgument(known);
  if (known?.commands.includes(command)) return known;
  if (known) throw new UsageError(`huizhi ${command} has no ${flag}; it is an option of ${listed(known.commands)}.`);
  if (!flag.startsWith('-')) throw new UsageError(`huizhi ${command} takes options only, not ${JSON.stringify(flag)}.`);
  throw new UsageError(`huizhi ${command} has no option ${flag}.${didYouMean(flag, flagsOf(command))}`);
}

function notAnArgument({ name, flag, environment }: Option): UsageError {
  const file = options.find((option) => option.name === `${name}File`);
  const other = file ? `, or name a file that holds it with ${file.flag}` : ' or into the file of --credentials';
  return new UsageError(
    `${flag} is not taken from the command line, which everyone on this machine can read: put ${environment[0]} into the environment${other}.`,
  );
}

const listed = (names: readonly Command[]) => names.map((name) => `huizhi ${name}`).join(' and ');

/** `<number>`, or the choices. */
function formOf(option: Option): string {
  return option.choices ? `<${option.choices.join('|')}>` : (option.value ?? '');
}

/** Everything a command was told, flags before environment before configuration file before defaults; throws a UsageError. */
export async function readConfig(
  command: Command,
  flags: Flags,
  { environment, terminal }: Surroundings,
): Promise<Config> {
  const file = await fileFor(command, flags, environment);
  const given = (option: Option): Given | undefined =>
    flags.get(option.name) ?? environmentOf(option, command, environment) ?? file?.options.get(option.name);
  const config = assemble(command, given, terminal, file);
  refuseContradictions(config, given);
  return config;
}

async function fileFor(
  command: Command,
  flags: Flags,
  environment: Surroundings['environment'],
): Promise<SetupFile | undefined> {
  const option = named('config');
  const given = flags.get('config') ?? environmentOf(option, command, environment);
  if (given) textIn(option, given);
  const path = given?.text ?? (command !== 'dev' && existsSync('huizhi.yaml') ? 'huizhi.yaml' : undefined);
  if (path === undefined) return undefined;
  const { readSetupFile } = await import('./file.ts');
  const file = readSetupFile(path);
  if (command === 'serve') refuseWeakSecrets(file);
  return file;
}

/** A server that others reach must not have a secret that they know or can guess: one of the demo, a placeholder, a short one. */
function refuseWeakSecrets({ setup, refuse }: SetupFile): void {
  const findings = (setup?.apps ?? []).flatMap(({ appSecret }, i) => {
    const isDemo = demoSecrets.includes(appSecret);
    const what = isDemo ? 'is a demo secret that everyone can read; put a long random one.' : weakness(appSecret);
    return what === undefined ? [] : [{ path: ['apps', i, 'appSecret'], what }];
  });
  if (findings.length > 0) refuse(findings);
}

export function environmentOf(
  option: Option,
  command: Command,
  environment: Surroundings['environment'],
): Given | undefined {
  const names = (command === 'dev' && option.dev?.environment) || option.environment;
  const source = names.find((name) => environment[name] !== undefined);
  return source === undefined ? undefined : { source, text: environment[source] ?? '' };
}

export function named(name: string): Option {
  const option = options.find((candidate) => candidate.name === name);
  if (!option) throw new Error(`no option ${name}`);
  return option;
}

type Lookup = (option: Option) => Given | undefined;

function assemble(command: Command, given: Lookup, terminal: boolean, file: SetupFile | undefined): Config {
  const of = (name: string) => [named(name), givenOrDefault(named(name), command, given)] as const;
  const find = (name: string) => of(name)[1];
  const text = (name: string) => optionalTextIn(...of(name));
  const secret = (name: string) => {
    const option = named(name);
    return optionalTextIn(option, secretGiven(find(name), find(`${name}File`)));
  };
  const [publicUrl, oidc] = [publicUrlIn(find, text), oidcIn(find, text, secret)];
  const trustedHosts = hostsIn(...of('trustedHost'));
  const databaseDirect = postgresIn(...of('databaseDirect'));
  return {
    command,
    port: numberIn(...of('port')),
    host: hostIn(...of('host')),
    database: databaseIn(...of('database')),
    ...(databaseDirect === undefined ? {} : { databaseDirect }),
    poolSize: numberIn(...of('poolSize')),
    secret: secret('secret'),
    adminToken: secret('adminToken'),
    readWindow: numberIn(...of('readWindow')),
    retention: numberIn(...of('retention')),
    statisticsRetention: numberIn(...of('statisticsRetention')),
    auditRetention: numberIn(...of('auditRetention')),
    readTimestamp: choiceIn(readTimestamps, ...of('readTimestamp')) ?? 'seconds',
    remotePictures: choiceIn(remotePictureRules, ...of('remotePictures')) ?? 'allow',
    qpsLimit: numberIn(...of('qpsLimit')),
    maxConnections: numberIn(...of('maxConnections')),
    logLevel: choiceIn(logLevels, ...of('logLevel')) ?? 'info',
    logFormat: choiceIn(logFormats, ...of('logFormat')) ?? (terminal ? 'pretty' : 'json'),
    setup: file?.setup,
    accessLog: choiceIn(switches, ...of('accessLog')) === 'on',
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(oidc === undefined ? {} : { oidc }),
    ...(trustedHosts === undefined ? {} : { trustedHosts }),
    ...(of('confirmRetention')[1] === undefined ? {} : { confirmRetention: true }),
    check: of('check')[1] !== undefined,
    acceptMissingLog: of('acceptMissingLog')[1] !== undefined,
    from: optionalDatabaseIn(...of('moveFrom')),
    to: optionalDatabaseIn(...of('moveTo')),
    json: of('json')[1] !== undefined,
  };
}

/** An option that a command does not have keeps its default there, whatever the environment says. */
function givenOrDefault(option: Option, command: Command, given: Lookup): Given | undefined {
  const fallback = (command === 'dev' ? option.dev?.default : undefined) ?? option.default;
  const otherwise = fallback === undefined ? undefined : { text: fallback, source: 'default' };
  return (option.commands.includes(command) ? given(option) : undefined) ?? otherwise;
}

/** Characters of a wrong value that a complaint repeats. */
const longestShown = 60;

function wrong(option: Option, { text, source }: Given, must: string): UsageError {
  if (text.trim() === '') return new UsageError(`${source} is empty; leave it out, or set it to ${formOf(option)}.`);
  const shown = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
  return new UsageError(`${source}${option.secret ? '' : ` ${JSON.stringify(shown)}`} ${must}`);
}

export function numberIn(option: Option, given: Given | undefined): number {
  if (!given) throw new Error(`no default for ${option.name}`);
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER, kind } = option;
  const value = kind === 'duration' ? parseDuration(given.text) : parseInteger(given.text);
  if (kind === 'duration' && value === undefined)
    throw wrong(option, given, 'must be a number and a unit (ms, s, m, h or d), such as 90s or 24h.');
  if (value !== undefined && value >= minimum && value <= maximum) return value;
  const least = minimum > 1 ? `at least ${durationText(minimum)}` : 'longer than 0';
  const range =
    kind === 'duration'
      ? `${least} and at most ${durationText(maximum)}`
      : `a whole number from ${minimum} to ${maximum}`;
  throw wrong(option, given, `must be ${range}.`);
}

function choiceIn<T extends string>(choices: readonly T[], option: Option, given: Given | undefined): T | undefined {
  if (!given) return undefined;
  const chosen = choices.find((choice) => choice === given.text);
  if (chosen !== undefined) return chosen;
  throw wrong(option, given, `must be one of ${choices.join(', ')}.${didYouMean(given.text, choices)}`);
}

export function optionalTextIn(option: Option, given: Given | undefined): string | undefined {
  return given && textIn(option, given);
}

function textIn(option: Option, given: Given): string {
  const { minimum = 1, maximum = 4096 } = option;
  const length = given.text.trim() === '' ? 0 : [...given.text].length;
  if (length < minimum || length > maximum || (option.lines ? /\0/ : /\p{Cc}/u).test(given.text))
    throw wrong(option, given, `must be ${minimum} to ${maximum} characters${option.lines ? '' : ' on one line'}.`);
  return given.text;
}

function hostIn(option: Option, given: Given | undefined): string {
  const host = given?.text ?? '';
  if (isIP(host) > 0 || /^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/i.test(host)) return host;
  throw wrong(
    option,
    given ?? { text: '', source: option.flag },
    'must be a host name or an IP address, without a port.',
  );
}

/** Host names from a list with commas. */
function hostsIn(option: Option, given: Given | undefined): readonly string[] | undefined {
  if (!given) return undefined;
  const { source } = given;
  return given.text.split(',').map((text) => hostIn(option, { source, text: text.trim() }));
}

/** The address of another kind of database is refused here, for DATABASE_URL may well name one. */
function databaseIn(option: Option, given: Given | undefined): string {
  const found = given ?? { text: '', source: option.flag };
  const text = textIn(option, found);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  if (scheme === undefined || /^postgres(ql)?$/i.test(scheme)) return text;
  // Not repeated: such an address may hold a password.
  throw new UsageError(
    `${found.source} is a ${scheme}:// address; huizhi keeps its data in a file (a path), in :memory:, or in PostgreSQL (postgres://).`,
  );
}

function optionalDatabaseIn(option: Option, given: Given | undefined): string | undefined {
  return given && databaseIn(option, given);
}

function refuseGuessable(config: Config, source: (name: string) => string): void {
  if (config.command !== 'serve') return;
  for (const name of ['secret', 'adminToken'] as const) {
    const why = config[name] === undefined ? undefined : weakness(config[name]);
    if (why !== undefined) throw new UsageError(`${source(name)} ${why}`);
  }
}

/** The address of a PostgreSQL server. It is not repeated in the complaint, for it may hold a password. */
function postgresIn(option: Option, given: Given | undefined): string | undefined {
  if (!given) return undefined;
  const text = textIn(option, given);
  if (/^postgres(ql)?:\/\//i.test(text)) return text;
  throw new UsageError(`${given.source} must be the address of a PostgreSQL server (postgres://…).`);
}

function refuseContradictions(config: Config, given: Lookup): void {
  const source = (name: string) => given(named(name))?.source ?? named(name).flag;
  if (config.command === 'dev' && !isLoopback(config.host))
    throw new UsageError(
      `${source('host')} ${config.host}: dev lets everyone in, so it listens on loopback addresses only. For others to reach it, use huizhi serve.`,
    );
  refuseGuessable(config, source);
  refuseHalfMove(config);
  if (config.retention < config.readWindow)
    throw new UsageError(
      `${source('retention')}: messages must stay at least as long as readStatus answers (the read window).`,
    );
}

function refuseHalfMove({ from, to, check }: Config): void {
  if (from === undefined && to === undefined) return;
  if (to === undefined) throw new UsageError('--from says what to copy; --to has to say where to.');
  if (from === undefined) throw new UsageError('--to says where to copy; --from has to say what.');
  if (from === to) throw new UsageError('--from and --to name the same database.');
  if (from === ':memory:' || to === ':memory:')
    throw new UsageError('A database in memory is gone when the command ends; name a file or postgres://.');
  if (check) throw new UsageError('--check only looks at one database; leave it out to copy one.');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** The command of a word, or a UsageError that lists them. */
export function commandOf(word: string): Command {
  const command = commands.find((candidate) => candidate === word);
  if (command) return command;
  const known = commands.map((name) => `huizhi ${name}`).join(', ');
  throw new UsageError(
    `There is no command ${JSON.stringify(word)}.${didYouMean(word, commands)} There are: ${known}.`,
  );
}
