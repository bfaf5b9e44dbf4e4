import { start } from '../server.ts';
import type { Run } from './command.ts';
import { print, printJson } from './output.ts';
import { handleProcessFaults } from './process-faults.ts';
import { drain, listenForStopSignals, runUntil } from './stop.ts';

/** `huizhi serve`: runs the server until a stop signal. */
export const serve: Run = async (config, log) => {
  handleProcessFaults(config.command, log);
  const signals = listenForStopSignals();
  let reload = () => log.info({}, 'SIGHUP has no effect: there is no certificate to read again');
  process.on('SIGHUP', () => reload());
  const running = await start(config, log);
  if (config.tls) reload = running.reloadTls;
  const { url, adminToken } = running;
  if (config.json) printJson([{ url, adminToken }]);
  else print(renderGreeting(url, adminToken));
  return runUntil(drain(signals, config.drainTime ?? 0, running, log), running, log);
};

function renderGreeting(url: string, adminToken: string | undefined): readonly string[] {
  const token = adminToken === undefined ? [] : [`admin token ${adminToken}   (shown only once; store it safely)`];
  return [`huizhi listens on ${url}`, ...token];
}
