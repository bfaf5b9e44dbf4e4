import { start } from '../server.ts';
import type { Run } from './command.ts';
import { print, printJson } from './output.ts';
import { handleProcessFaults } from './process-faults.ts';
import { runUntil, stopSignal } from './stop.ts';

/** `huizhi serve`: the server until it is told to stop. */
export const serve: Run = async (config, log) => {
  handleProcessFaults(config.command, log);
  const stopped = stopSignal();
  const running = await start(config, log);
  const { url, adminToken } = running;
  if (config.json) printJson([{ url, adminToken }]);
  else print(greeting(url, adminToken));
  return runUntil(stopped, running, log);
};

function greeting(url: string, adminToken: string | undefined): readonly string[] {
  const token = adminToken === undefined ? [] : [`admin token ${adminToken}   (shown this once; keep it)`];
  return [`huizhi listens on ${url}`, ...token];
}
