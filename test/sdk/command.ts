import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export type Command = {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** The result of a command; `code` is null if it could not be started or a signal ended it. */
export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs a command to its end. */
export async function run({ file, args, cwd, env }: Command): Promise<Finished> {
  const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    const [stdout, stderr] = await output;
    return { code, stdout, stderr };
  } catch (error) {
    return { code: null, stdout: '', stderr: String(error) };
  }
}

/** Runs a command that must succeed. */
export async function runOrThrow(command: Command): Promise<void> {
  const { code, stdout, stderr } = await run(command);
  if (code !== 0)
    throw new Error(`${[command.file, ...command.args].join(' ')} ended with ${code}\n${stdout}${stderr}`);
}
