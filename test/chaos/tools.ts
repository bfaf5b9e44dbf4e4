import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs and libraries that the suite needs besides Node and npm packages. */
export type Tool = 'faketime' | 'prlimit';

/** The path of a tool, or the reason why it is missing. */
export type Provided = { readonly path: string } | { readonly missing: string };

/** The Debian package of each tool. */
export const packageOf = { faketime: 'faketime', prlimit: 'util-linux' } as const satisfies Record<Tool, string>;

/** Looks a tool up. It installs nothing: the tests do that (test/support/debian.ts), `npm run chaos` does not. */
export function findTool(tool: Tool): Provided {
  const path = tool === 'faketime' ? findFaketime() : findProgram(tool);
  return path === undefined ? { missing: `${tool} is not installed` } : { path };
}

function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** The library that changes a process's clock. Debian has it in a folder for each architecture. */
function findFaketime(): string | undefined {
  const inside = (folder: string) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []);
  const folders = [...inside('/usr/lib'), '/usr/lib', '/usr/local/lib'].map((folder) => join(folder, 'faketime'));
  return folders.map((folder) => join(folder, 'libfaketimeMT.so.1')).find((path) => existsSync(path));
}
