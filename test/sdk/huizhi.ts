import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bareEnvironment } from '../support/environment.ts';

/** A huizhi in a process of its own. */
export type Huizhi = {
  /** Host and port. */
  readonly endpoint: string;
  /** Ends the process; resolves when it is gone. */
  stop(): Promise<void>;
};

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const setup = fileURLToPath(new URL('huizhi.yaml', import.meta.url));

/** Starts the built `huizhi dev` on a free port, with the people, apps and robots of a file: by default huizhi.yaml. */
export async function startHuizhi(config = setup): Promise<Huizhi> {
  const args = [main, 'dev', '--port', '0', '--json', '--log-level', 'fatal', '--config', config];
  // Settings of the developer for huizhi are not passed on.
  const child = spawn(process.execPath, args, { env: bareEnvironment, stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for await (const line of createInterface(child.stdout)) {
    const { url } = JSON.parse(line) as { url: string };
    return {
      endpoint: new URL(url).host,
      stop() {
        child.kill();
        return gone;
      },
    };
  }
  throw new Error(`huizhi ended with exit code ${child.exitCode} before it listened`);
}
