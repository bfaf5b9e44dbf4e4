#!/usr/bin/env node
// This check must run before any import: an older Node would fail during an import, with a message about syntax or a
// missing built-in module.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const args = process.argv.slice(2);

if (major < 22 || (major === 22 && minor < 13)) {
  console.error(`huizhi needs Node 22.13 or newer, but this is ${process.versions.node} (${process.execPath}).`);
  process.exitCode = 1;
} else {
  // No top-level await: in a Node version without it, the whole file would be a syntax error.
  void start();
}

/** The version needs none of the modules of the commands, so they are not loaded for it. */
async function start(): Promise<void> {
  if (/^(?:--version|-V|-v)$/.test(args[0] ?? '')) return (await import('./version.ts')).printVersion();
  (await import('./prepare.ts')).prepareProcess(args[0]);
  process.exitCode = await (await import('./run.ts')).run(args);
}
