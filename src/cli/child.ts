/** A command of the user as a child process. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** How a command ended: with an exit code, by a signal, or it could not be started. */
export type Ending =
  | { readonly code: number }
  | { readonly signal: NodeJS.Signals }
  | { readonly failure: NodeJS.ErrnoException };

/** Signals that are passed on. */
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** Signals that a terminal sends to all processes of a command, the child included. */
const ofTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/** Signals of this process from now on. */
export type Signals = {
  /** Calls `pass` for each signal, and for those that have arrived before. */
  passTo(pass: (signal: NodeJS.Signals) => void): void;
  /** The first signal that arrived and would have ended this process; undefined if there is none. */
  first(): NodeJS.Signals | undefined;
  /** Restores the default: a signal ends this process. */
  release(): void;
};

/** Keeps signals from ending this process. */
export function holdSignals(): Signals {
  const arrived: NodeJS.Signals[] = [];
  let pass = (signal: NodeJS.Signals): void => void arrived.push(signal);
  const onSignal = (signal: NodeJS.Signals) => pass(signal);
  for (const signal of forwarded) process.on(signal, onSignal);
  return {
    passTo(to) {
      pass = to;
      for (const signal of arrived.splice(0)) to(signal);
    },
    first: () => arrived[0],
    release() {
      for (const signal of forwarded) process.off(signal, onSignal);
    },
  };
}

/** Runs a command with the terminal, or the input and output, of this process. Signals are passed on to it. */
export function runChild(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  signals: Signals,
): Promise<Ending> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: 'inherit' });
    // The terminal sends Ctrl+C to both processes; a second copy would make many programs exit at once.
    const isShared = process.stdin.isTTY === true;
    signals.passTo((signal) => void (isShared && ofTerminal.includes(signal) ? undefined : child.kill(signal)));
    child.on('error', (failure) => child.pid === undefined && resolve({ failure }));
    child.on('exit', (code, signal) => resolve(signal === null ? { code: code ?? 1 } : { signal }));
  });
}

/** Exit codes of commands that could not be started, as shells have them. */
const exitCodes: Readonly<Record<string, number>> = { ENOENT: 127, EACCES: 126 };

/** Returns the exit code of an ending: for a signal, 128 and its number. */
export function toExitCode(ending: Ending): number {
  if ('code' in ending) return ending.code;
  return 'signal' in ending ? 128 + constants.signals[ending.signal] : (exitCodes[ending.failure.code ?? ''] ?? 1);
}

/** Ends this process by a signal, so that its parent sees the same as of the command. Not for signals that dump core. */
export function raise(signal: NodeJS.Signals): void {
  if (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL', 'SIGUSR1', 'SIGUSR2'].includes(signal))
    process.kill(process.pid, signal);
}
