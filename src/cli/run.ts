import { readFileSync } from 'node:fs';
import { helpOf, overview } from '../config/help.ts';
import { type ClientCommand, type Command, clientCommands, UsageError } from '../config/options.ts';
import { type CommandLine, commandOf, readConfig, readLine } from '../config/read.ts';
import { createLog } from '../log.ts';
import type { Run } from './command.ts';
import { explain } from './failure.ts';
import { printOwnText, report } from './output.ts';

type ServerCommand = Exclude<Command, ClientCommand | 'doctor' | 'completion'>;

const runs: Readonly<Record<ServerCommand, () => Promise<Run>>> = {
  dev: async () => (await import('./dev.ts')).dev,
  serve: async () => (await import('./serve.ts')).serve,
  migrate: async () => (await import('./migrate.ts')).migrate,
};

/** Runs `huizhi` with these arguments; gives the exit code: 0 done, 1 the operation failed, 2 wrong usage. */
export async function run(args: readonly string[]): Promise<number> {
  // A reader that has had enough, such as `head`, is no reason to fail.
  process.stdout.on('error', () => {});
  try {
    return await dispatch(args);
  } catch (error) {
    if (!(error instanceof UsageError)) return unexpected(error);
    report(error.message.split('\n'));
    return error.exitCode;
  }
}

/** A fault that no command expects, in one line; where debug lines are wanted, with its stack. */
function unexpected(error: unknown): number {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const isDebug = /^(?:debug|trace)$/.test(process.env.HUIZHI_LOG_LEVEL ?? '');
  const more = isDebug ? stack.split('\n') : [];
  const where = isDebug ? '' : ' HUIZHI_LOG_LEVEL=debug shows where.';
  report([`huizhi failed unexpectedly: ${message.trim().replaceAll(/\s+/g, ' ')}.${where}`, ...more]);
  return 1;
}

async function dispatch([word, ...args]: readonly string[]): Promise<number> {
  if (word === undefined || word === '--help' || word === '-h') return say(overview());
  if (word === '--version' || word === '-V' || word === '-v') return say(`${version()}\n`);
  if (word === 'help') return say(args[0] === undefined ? overview() : helpOf(commandOf(args[0])));
  if (word.startsWith('-')) throw new UsageError(`The command comes first: huizhi dev ${[word, ...args].join(' ')}`);
  return runCommand(commandOf(word), args);
}

async function runCommand(command: Command, args: readonly string[]): Promise<number> {
  if (args.length === 1 && args[0] === 'help') return say(helpOf(command));
  const line = readLine(
    command,
    args.map((arg) => (arg === '-v' ? '-V' : arg)),
  );
  if (line.flags.has('help')) return say(helpOf(command));
  if (line.flags.has('version')) return say(`${version()}\n`);
  if (command === 'completion') return (await import('./completion.ts')).completion(line.operands);
  if (command !== 'doctor' && !isClient(command)) return runServer(command, line);
  quietenExperiments();
  const { runClient, runDoctor } = await import('./run-client.ts');
  return command === 'doctor' ? runDoctor(line, surroundings()) : runClient(command, line, surroundings());
}

const isClient = (command: Command): command is ClientCommand => clientCommands.some((one) => one === command);

const surroundings = () => ({ environment: process.env, terminal: process.stderr.isTTY === true });

async function runServer(command: ServerCommand, { flags }: CommandLine): Promise<number> {
  const config = await readConfig(command, flags, surroundings());
  quietenExperiments();
  const log = await createLog({ level: config.logLevel, format: config.logFormat });
  const start = await runs[command]();
  try {
    return await start(config, log);
  } catch (error) {
    log.debug({ error }, 'failed');
    report([explain(error, config)]);
    return 1;
  }
}

function say(text: string): number {
  printOwnText(text);
  return 0;
}

/** Node calls its SQLite experimental in its first releases; that is nothing an operator could act on. */
function quietenExperiments(): void {
  const [print] = process.listeners('warning');
  if (!print) return;
  process.off('warning', print);
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') print(warning);
  });
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest && 'version' in manifest ? String(manifest.version) : 'unknown';
}
