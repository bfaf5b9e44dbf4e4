import { start } from '../server.ts';
import { handleProcessFaults } from './process-faults.ts';
import type { Run } from './run.ts';
import { runUntil, stopSignal } from './stop.ts';

/** `huizhi serve`: the server until it is told to stop. */
export const serve: Run = async (config, log) => {
  handleProcessFaults(config.command, log);
  const stopped = stopSignal();
  const running = await start(config, log);
  const { url, adminToken } = running;
  process.stdout.write(config.json ? `${JSON.stringify({ url, adminToken })}\n` : greeting(url, adminToken));
  return runUntil(stopped, running, log);
};

function greeting(url: string, adminToken: string | undefined): string {
  const token = adminToken === undefined ? '' : `admin token ${adminToken}   (shown this once; keep it)\n`;
  return `huizhi listens on ${url}\n${token}`;
}
