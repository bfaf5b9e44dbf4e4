#!/usr/bin/env node
// This check must run before any import: an older Node would fail during an import, with a message about syntax or a
// missing built-in module.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 13)) {
  console.error(`huizhi needs Node 22.13 or newer, but this is ${process.versions.node} (${process.execPath}).`);
  process.exitCode = 1;
} else {
  // No top-level await: in a Node version without it, the whole file would be a syntax error.
  void import('./run.ts').then(async ({ run }) => {
    process.exitCode = await run(process.argv.slice(2));
  });
}
