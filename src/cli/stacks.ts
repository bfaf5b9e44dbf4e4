import { existsSync, readFileSync } from 'node:fs';
import type { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Makes the stacks of errors name lines of the sources instead of the built files. Maps are read when a stack is first
 * formatted: `node --enable-source-maps` reads them with each module, which takes longer than all else of a start.
 */
export function mapStacks(): void {
  // Then Node does it.
  if (process.sourceMapsEnabled) return;
  Error.prepareStackTrace = (error, sites) =>
    [describe(error), ...sites.map((site) => `    at ${mapSite(site)}`)].join('\n');
}

function describe(error: Error): string {
  try {
    return String(error);
  } catch {
    return 'Error';
  }
}

/** Returns the text of a call site, with its position in the source if there is a map. */
function mapSite(site: NodeJS.CallSite): string {
  const text = String(site);
  const [file, line, column] = [site.getFileName(), site.getLineNumber(), site.getColumnNumber()];
  if (!file?.startsWith('file:') || line === null || column === null) return text;
  const entry = findMap(file)?.findEntry(line - 1, column - 1);
  if (!entry || !('originalSource' in entry)) return text;
  const path = fileURLToPath(new URL(entry.originalSource, file));
  return text.replace(`${file}:${line}:${column}`, `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}`);
}

const maps = new Map<string, SourceMap | undefined>();

/** Returns the map of a file; undefined if it has none. */
function findMap(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(file));
  return maps.get(file);
}

function readMap(file: string): SourceMap | undefined {
  try {
    const map = fileURLToPath(`${file}.map`);
    if (!existsSync(map)) return undefined;
    return new (process.getBuiltinModule('node:module').SourceMap)(JSON.parse(readFileSync(map, 'utf8')));
  } catch {
    // A stack without sources is better than no stack.
    return undefined;
  }
}
