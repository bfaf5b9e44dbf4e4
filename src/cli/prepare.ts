import { isAbsolute, join } from 'node:path';
import { mapStacks } from './stacks.ts';

/**
 * Prepares the process of a command, before its modules are loaded: V8's flags, the cache of compiled code, and stacks
 * that name the sources.
 */
export function prepareProcess(command: string | undefined): void {
  // dev runs in the background all day, and so does the emulator of run: this flag keeps V8's heap small (about 100 MB of
  // memory under load instead of 160). The cache depends on the flags, so they come first.
  if (command === 'dev' || command === 'run')
    process.getBuiltinModule('node:v8').setFlagsFromString('--optimize-for-size');
  enableCompileCache(process.env);
  mapStacks();
}

/**
 * Lets Node keep the compiled code of the modules, which saves a third of a start. Node ignores a folder that cannot be
 * written. NODE_COMPILE_CACHE names another folder, and NODE_DISABLE_COMPILE_CACHE=1 turns the cache off.
 *
 * The folder is in the home of the user: others can write to the folder for temporary files, and V8 does not check the
 * code that it loads.
 */
function enableCompileCache({
  NODE_COMPILE_CACHE: given,
  XDG_CACHE_HOME: caches,
  HOME: home,
}: NodeJS.ProcessEnv): void {
  const parent = caches && isAbsolute(caches) ? caches : home && join(home, '.cache');
  if (given || !parent || !isAbsolute(parent)) return;
  process.getBuiltinModule('node:module').enableCompileCache(join(parent, 'huizhi'));
}
