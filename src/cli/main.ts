#!/usr/bin/env node
// Nothing is imported before this check: an older Node would fail in the middle of an import with a message about syntax or a
// missing built-in module.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 13)) {
  console.error(`huizhi needs Node 22.13 or newer, and this is ${process.versions.node} (${process.execPath}).`);
  process.exitCode = 1;
} else {
  // Not awaited here: where await may not stand at the top of a file, the whole of it would be a syntax error.
  void import('./run.ts').then(async ({ run }) => {
    process.exitCode = await run(process.argv.slice(2));
  });
}
