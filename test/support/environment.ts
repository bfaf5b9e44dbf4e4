import { fileURLToPath } from 'node:url';

/**
 * The environment of a program under test, without the settings of the developer. The program keeps its
 * compiled code in the cache, which makes a start cost about a third less.
 */
export const bareEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '',
  XDG_CACHE_HOME: fileURLToPath(new URL('../../node_modules/.cache', import.meta.url)),
};
