import { renderHelp, renderOverview } from '../config/help.ts';
import { readRun } from '../config/options/run-options.ts';
import { type ClientCommand, type Command, type Config, clientCommands, UsageError } from '../config/options.ts';
import {
  type CommandLine,
  findOption,
  parseCommand,
  parseCommandLine,
  readConfig,
  readEnvironment,
} from '../config/read.ts';
import { createLog } from '../log.ts';
import { readVersion } from '../package-root.ts';
import type { Run } from './command.ts';
import { endOutput, printUnescaped, report, watchOutput } from './output.ts';

type ServerCommand = Exclude<Command, ClientCommand | 'run' | 'admin' | 'doctor' | 'completion'>;

const runs: Readonly<Record<ServerCommand, () => Promise<Run>>> = {
  dev: async () => (await import('./dev.ts')).dev,
  serve: async () => (await import('./serve.ts')).serve,
  migrate: async () => (await import('./migrate.ts')).migrate,
  distribute: async () => (await import('./distribute.ts')).distribute,
  backup: async () => (await import('./backup.ts')).backup,
  restore: async () => (await import('./backup.ts')).restore,
  verify: async () => (await import('./verify.ts')).verify,
};

/** Runs `huizhi` with its arguments. Resolves to the exit code: 0 success, 1 the operation failed, 2 wrong usage. */
export async function run(args: readonly string[]): Promise<number> {
  watchOutput();
  return endOutput(await runReported(args));
}

async function runReported(args: readonly string[]): Promise<number> {
  try {
    return await dispatch(args);
  } catch (error) {
    if (!(error instanceof UsageError)) return reportUnexpected(error);
    report(error.message.split('\n'));
    return error.exitCode;
  }
}

/** Reports an error that no command handles, on one line; at log level debug or trace with its stack. */
function reportUnexpected(error: unknown): number {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const isDebug = /^(?:debug|trace)$/.test(process.env.HUIZHI_LOG_LEVEL ?? '');
  const more = isDebug ? stack.split('\n') : [];
  const where = isDebug ? '' : ' Set HUIZHI_LOG_LEVEL=debug to see the stack.';
  report([`huizhi failed unexpectedly: ${message.trim().replaceAll(/\s+/g, ' ')}.${where}`, ...more]);
  return 1;
}

async function dispatch([word, ...args]: readonly string[]): Promise<number> {
  if (word === undefined || word === '--help' || word === '-h') return showText(renderOverview());
  if (word === 'help') return showText(args[0] === undefined ? renderOverview() : renderHelp(parseCommand(args[0])));
  if (word.startsWith('-')) throw new UsageError(`The command comes first: huizhi dev ${[word, ...args].join(' ')}`);
  return runCommand(parseCommand(word), args);
}

async function runCommand(command: Command, args: readonly string[]): Promise<number> {
  if (args.length === 1 && args[0] === 'help') return showText(renderHelp(command));
  const line = parseCommandLine(
    command,
    args.map((arg) => (arg === '-v' ? '-V' : arg)),
  );
  if (line.flags.has('help')) return showText(renderHelp(command, line.operands));
  if (line.flags.has('version')) return showText(`${readVersion()}\n`);
  if (command === 'run') return runProgram(line);
  if (command === 'completion') return (await import('./completion.ts')).printCompletion(line.operands);
  if (command === 'admin') return runAdmin(line);
  if (command !== 'doctor' && !isClientCommand(command)) return runServer(command, line);
  hideExperimentalWarnings();
  const { runClient, runDoctor } = await import('./client/run-client.ts');
  return command === 'doctor' ? runDoctor(line, readProcessContext()) : runClient(command, line, readProcessContext());
}

async function runAdmin(line: CommandLine): Promise<number> {
  hideExperimentalWarnings();
  return (await import('./admin/run.ts')).runAdmin(line, readProcessContext());
}

const isClientCommand = (command: Command): command is ClientCommand => clientCommands.some((one) => one === command);

const readProcessContext = () => ({ environment: process.env, terminal: process.stderr.isTTY === true });

async function runServer(command: ServerCommand, { flags, operands }: CommandLine): Promise<number> {
  const config = await readConfig(command, flags, readProcessContext());
  hideExperimentalWarnings();
  const log = await createLog({ level: config.logLevel, format: config.logFormat });
  const start = await runs[command]();
  try {
    return await start(config, log, operands);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    log.debug({ error }, 'failed');
    report([await describeFailure(error, config)]);
    return 1;
  }
}

/** Loaded here, because it needs the server's errors and so the server, which most commands do not use. */
async function describeFailure(error: unknown, config: Config): Promise<string> {
  return (await import('./failure.ts')).describeCommandError(error, config);
}

/** Options of the emulator of `huizhi run`, by their names there. */
const emulatorOptions = [
  ['runConfig', 'config'],
  ['runPort', 'port'],
] as const;

async function runProgram({ flags, operands }: CommandLine): Promise<number> {
  const find = (name: string) => flags.get(name) ?? readEnvironment(findOption(name), 'run', process.env);
  const run = readRun(find, operands);
  hideExperimentalWarnings();
  const start = async () => (await import('./run-program.ts')).runProgram;
  if (run.endpoint) return (await start())(run);
  const given = emulatorOptions.flatMap(([own, name]) => {
    const value = find(own) ?? (own === 'runPort' ? { text: '0', source: 'default' } : undefined);
    return value ? [[name, value] as const] : [];
  });
  // The environment is the command's: of the emulator's options, it sets the log level alone.
  const { HUIZHI_LOG_LEVEL = 'warn' } = process.env;
  const environment = { HUIZHI_LOG_LEVEL };
  const config = await readConfig('dev', new Map(given), { ...readProcessContext(), environment });
  const log = await createLog({ level: config.logLevel, format: config.logFormat });
  try {
    return await (await start())({ ...run, emulator: { config, log } });
  } catch (error) {
    report([await describeFailure(error, config)]);
    return 1;
  }
}

function showText(text: string): number {
  printUnescaped(text);
  return 0;
}

/** Early Node releases warn that node:sqlite is experimental. An operator cannot act on that warning. */
function hideExperimentalWarnings(): void {
  const [print] = process.listeners('warning');
  if (!print) return;
  process.off('warning', print);
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') print(warning);
  });
}
