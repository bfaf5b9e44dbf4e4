import { demoSetup } from '../config/demo.ts';
import type { RunConfig } from '../config/options/run-options.ts';
import type { Config } from '../config/options.ts';
import type { Log } from '../log.ts';
import { describeRefusal, type HostPort, openProxyRun } from '../proxy/run.ts';
import { start } from '../server.ts';
import { type Ending, holdSignals, raise, runChild, type Signals, toExitCode } from './child.ts';
import { report } from './output.ts';

/** A command to run, and the configuration and log of an emulator for it; absent if another huizhi is used. */
export type ProgramRun = RunConfig & { readonly emulator?: { readonly config: Config; readonly log: Log } };

/** `huizhi run`: runs a command against a huizhi that answers for the vendor's hosts; resolves to its exit code. */
export async function runProgram(run: ProgramRun): Promise<number> {
  const signals = holdSignals();
  const ending = await runUntilEnd(run, signals);
  signals.release();
  const code = toExitCode(ending);
  if ('failure' in ending) report([`huizhi run cannot start ${run.command}: ${ending.failure.message}`]);
  if ('signal' in ending) raise(ending.signal);
  // A process that the command left behind may still be connected to the emulator.
  setTimeout(() => process.exit(code), exitDelay).unref();
  return code;
}

/** Milliseconds. */
const exitDelay = 1000;

async function runUntilEnd(run: ProgramRun, signals: Signals): Promise<Ending> {
  const huizhi = run.endpoint ? { endpoint: run.endpoint, close: async () => {} } : await startEmulator(run);
  try {
    return await runBehindProxy(huizhi.endpoint, run, signals);
  } finally {
    void huizhi.close();
  }
}

async function runBehindProxy(endpoint: URL, run: ProgramRun, signals: Signals): Promise<Ending> {
  const { allowed, command, args } = run;
  const proxy = await openProxyRun({
    endpoint,
    allowed,
    environment: process.env,
    onRefused: createReporter(),
    onJavaFailure: ({ message }) =>
      report([`huizhi run: Java programs will not trust the certificates of this run: ${message}`]),
  });
  // For an exit that comes from elsewhere, such as an error that nothing caught.
  process.on('exit', proxy.removeFiles);
  try {
    // A signal that arrived before the command was started ends the run.
    const signal = signals.first();
    return signal === undefined ? await runChild(command, args, proxy.environment, signals) : { signal };
  } finally {
    await proxy.close();
  }
}

async function startEmulator({ emulator }: ProgramRun) {
  if (!emulator) throw new TypeError('a run without an endpoint needs an emulator');
  const { config, log } = emulator;
  const { url, adminToken = '', close } = await start({ ...config, setup: config.setup ?? demoSetup }, log);
  report([`huizhi run: the emulator listens on ${url}   (console ${url}/console, admin token ${adminToken})`]);
  return { endpoint: new URL(url), close };
}

/** Reports each refused host once: a program may try it many times. */
function createReporter(): (target: HostPort) => void {
  const reported = new Set<string>();
  return (target) => {
    const sentence = describeRefusal(target);
    if (reported.size < 100 && !reported.has(sentence)) report([sentence]);
    reported.add(sentence);
  };
}
