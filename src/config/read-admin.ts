import { didYouMean } from '../wire/did-you-mean.ts';
import { type AdminCall, findVerb, listAccepted, listVerbs, nouns } from './admin-calls.ts';
import type { Option, OptionValue } from './options/option.ts';
import {
  type CommandLine,
  findOption,
  type ProcessContext,
  parseChoice,
  parseNumber,
  parseOptionalText,
  readEnvironment,
} from './read.ts';
import { type Access, readAccess, readCredentialsFile } from './read-client.ts';
import { resolveSecret } from './secret-files.ts';
import { UsageError } from './values.ts';

/** The validated options of a call, by their names. */
export type AdminGiven = {
  has(name: string): boolean;
  text(name: string): string | undefined;
  /** Returns the text of an option that the call requires. */
  need(name: string): string;
  /** A number, or the milliseconds of a duration. */
  number(name: string): number | undefined;
  /** The items of a list. */
  list(name: string): readonly string[] | undefined;
  /** The numbers of a list. Throws a UsageError for any other item. */
  numbers(name: string): readonly number[] | undefined;
};

/** A call of the console's API with its validated options and operands. */
export type AdminConfig = {
  readonly operands: readonly string[];
  readonly access: Pick<Access, 'endpoint' | 'timeout' | 'warning'>;
  /** Undefined if it has to be prompted for. */
  readonly adminToken: string | undefined;
  readonly given: AdminGiven;
  readonly json: boolean;
  readonly csv: boolean;
  readonly dryRun: boolean;
};

/** The call that a command line names. */
export type NamedCall = {
  readonly noun: string;
  readonly verb: string;
  readonly call: AdminCall;
  readonly operands: readonly string[];
};

/**
 * Returns the call that a command line names. Throws a UsageError for an unknown one, a wrong number of operands, and
 * options of other calls.
 */
export function readAdminCall({ flags, operands: [noun = '', verb = '', ...operands] }: CommandLine): NamedCall {
  const verbs = listVerbs(noun);
  if (verbs.length === 0) throw new UsageError(`${describeUnknown('noun', noun, nouns)} huizhi admin <noun> <verb>`);
  const call = findVerb(noun, verb);
  const names = verbs.map(([name]) => name);
  if (!call) throw new UsageError(`${describeUnknown('verb', verb, names)} huizhi admin ${noun} <verb>`);
  checkOperands(`huizhi admin ${noun} ${verb}`, call, operands);
  const accepted = listAccepted(call);
  for (const name of flags.keys()) {
    if (accepted.includes(name)) continue;
    const own = accepted.map(findOption).flatMap(({ flag, argument }) => (argument === false ? [] : flag));
    throw new UsageError(
      `huizhi admin ${noun} ${verb} has no ${findOption(name).flag}; its options are ${own.join(', ')}.`,
    );
  }
  return { noun, verb, call, operands };
}

function describeUnknown(what: string, word: string, known: readonly string[]): string {
  const unknown = word === '' ? `Name a ${what}` : `There is no ${what} ${JSON.stringify(word)}`;
  return `${unknown}.${word === '' ? '' : didYouMean(word, known)} One of ${known.join(', ')}:`;
}

function checkOperands(spelled: string, { operands: placeholder = '' }: AdminCall, given: readonly string[]): void {
  const isMany = placeholder.includes('…');
  const names = placeholder.split(' ').filter(Boolean);
  const expected = placeholder.startsWith('[') ? 0 : names.length;
  // An empty one is usually a variable of the shell that is not set.
  const empty = given.findIndex((one) => one.trim() === '');
  if (empty !== -1 && names.length > 0) {
    const name = (names[empty] ?? names.at(-1) ?? '').replaceAll(/[[\]…]/g, '');
    throw new UsageError(`${name} is empty: ${spelled} ${placeholder}`);
  }
  if (isMany ? given.length >= expected : given.length === expected) return;
  const extra = given[expected];
  if (extra !== undefined && expected === 0) {
    throw new UsageError(`${spelled} has no operands, only options: leave ${JSON.stringify(extra)} out.`);
  }
  throw new UsageError(
    `Usage: ${spelled} ${placeholder}${extra === undefined ? '' : `, without ${JSON.stringify(extra)}`}`,
  );
}

/**
 * Reads the options of a call of the console's API. Flags take precedence over the environment, and the environment
 * over the credentials file. Throws a UsageError for missing or invalid ones.
 */
export function readAdminConfig(
  { call, operands }: NamedCall,
  { flags }: CommandLine,
  { environment }: Pick<ProcessContext, 'environment'>,
): AdminConfig {
  const path = flags.get('credentials')?.text ?? environment.HUIZHI_CREDENTIALS;
  const file = path === undefined ? {} : readCredentialsFile(path);
  const find = (option: Option) => {
    const onLine = flags.get(option.name);
    if (onLine !== undefined || (call.isCorpFilter && option.name === 'corpId')) return onLine;
    return readEnvironment(option, 'admin', environment) ?? readEnvironment(option, 'admin', file);
  };
  const accepted = listAccepted(call);
  const given = createGiven((name) => (accepted.includes(name) ? find(findOption(name)) : undefined));
  for (const name of accepted) parseGiven(findOption(name), find(findOption(name)));
  for (const name of call.required ?? []) given.need(name);
  const token = resolveSecret(find(findOption('adminToken')), find(findOption('adminTokenFile')));
  const [json, csv, dryRun] = [given.has('json'), given.has('csv'), given.has('dryRun')];
  if (json && csv) throw new UsageError('--csv and --json exclude each other: give one of them.');
  return {
    operands,
    access: readAccess(find, path),
    adminToken: parseOptionalText(findOption('adminToken'), token),
    given,
    json,
    csv,
    dryRun,
  };
}

/** Returns the value of an option; undefined if it is not set. Throws a UsageError for an invalid one. */
function parseGiven(option: Option, given: OptionValue | undefined): string | number | undefined {
  if (given === undefined) return undefined;
  if (option.kind === 'integer' || option.kind === 'duration') return parseNumber(option, given);
  return option.choices ? parseChoice(option.choices, option, given) : parseOptionalText(option, given);
}

function createGiven(find: (name: string) => OptionValue | undefined): AdminGiven {
  const read = (name: string) => parseGiven(findOption(name), find(name));
  const text = (name: string) => {
    const value = read(name);
    return value === undefined ? undefined : String(value);
  };
  const list = (name: string) =>
    text(name)
      ?.split(',')
      .flatMap((item) => item.trim() || []);
  return {
    has: (name) => find(name) !== undefined,
    text,
    need(name) {
      const value = text(name);
      if (value !== undefined) return value;
      const { flag, value: placeholder = '', environment } = findOption(name);
      const or = environment[0] === undefined ? '' : `, or ${environment[0]} in the environment`;
      throw new UsageError(`${flag} is missing: add ${flag} ${placeholder}${or}.`);
    },
    number(name) {
      const value = read(name);
      return value === undefined ? undefined : Number(value);
    },
    list,
    numbers: (name) =>
      list(name)?.map((item) => {
        if (/^\d{1,15}$/.test(item)) return Number(item);
        throw new UsageError(`${findOption(name).flag} ${JSON.stringify(item)} must be a number.`);
      }),
  };
}
