import { demoSetup } from '../config/demo.ts';
import { start, version } from '../server.ts';
import type { Run } from './command.ts';
import { collectStartInfo, renderGuide } from './guide.ts';
import { print, printJson } from './output.ts';
import { handleProcessFaults } from './process-faults.ts';
import { listenForStopSignals, runUntil, waitForEndOfInput } from './stop.ts';

/**
 * `huizhi dev`: runs the emulator with the setup of the configuration file, or else with the demo data, until a stop
 * signal, or until the end of standard input if the options say so.
 */
export const dev: Run = async (config, log) => {
  handleProcessFaults(config.command, log);
  const stopped = Promise.race([listenForStopSignals().first, ...(config.exitWithStdin ? [waitForEndOfInput()] : [])]);
  const setup = config.setup ?? demoSetup;
  const running = await start({ ...config, setup }, log);
  const facts = await collectStartInfo(running, setup);
  if (config.json) printJson([{ version, ...facts }]);
  else print(renderGuide(facts));
  return runUntil(stopped, running, log);
};
