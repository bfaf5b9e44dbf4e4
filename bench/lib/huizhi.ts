import { join } from 'node:path';
import { type Child, startNode } from './process.ts';

/** A running huizhi. */
export type Huizhi = Child & { readonly url: string };

/** Starts `huizhi <command>` from the built package on a free port; it logs warnings only by default. */
export async function startHuizhi(
  { dist, folder }: { readonly dist: string; readonly folder: string },
  args: readonly string[],
  nodeArgs: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Huizhi> {
  const level = args.includes('--log-level') ? [] : ['--log-level', 'warn'];
  const child = await startNode(
    [...nodeArgs, join(dist, 'cli/main.js'), ...args, '--port', '0', '--json', ...level],
    folder,
    env,
  );
  return { ...child, url: String(child.said.url) };
}
