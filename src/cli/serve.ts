import { start } from '../server.ts';
import type { Run } from './command.ts';
import { print, printJson } from './output.ts';
import { handleProcessFaults } from './process-faults.ts';
import { runUntil, waitForStopSignal } from './stop.ts';

/** `huizhi serve`: runs the server until a stop signal. */
export const serve: Run = async (config, log) => {
  handleProcessFaults(config.command, log);
  const stopped = waitForStopSignal();
  const running = await start(config, log);
  if (config.tls) process.on('SIGHUP', running.reloadTls);
  const { url, adminToken } = running;
  if (config.json) printJson([{ url, adminToken }]);
  else print(renderGreeting(url, adminToken));
  return runUntil(stopped, running, log);
};

function renderGreeting(url: string, adminToken: string | undefined): readonly string[] {
  const token = adminToken === undefined ? [] : [`admin token ${adminToken}   (shown only once; store it safely)`];
  return [`huizhi listens on ${url}`, ...token];
}
