import { setFlagsFromString } from 'node:v8';
import { demoSetup } from '../config/demo.ts';
import { start } from '../server.ts';
import type { Run } from './command.ts';
import { guide, trial } from './guide.ts';
import { print, printJson } from './output.ts';
import { handleProcessFaults } from './process-faults.ts';
import { runUntil, stopSignal } from './stop.ts';

/** `huizhi dev`: the emulator with the demo data, or with what a configuration file sets up in its place. */
export const dev: Run = async (config, log) => {
  // A tool that stands beside other work all day: V8 is to keep its heap small (100 MB in all under load, instead of 160).
  setFlagsFromString('--optimize-for-size');
  handleProcessFaults(config.command, log);
  const stopped = stopSignal();
  const setup = config.setup ?? demoSetup;
  const running = await start({ ...config, setup }, log);
  const facts = trial(running, setup);
  if (config.json) printJson([facts]);
  else print(guide(facts));
  return runUntil(stopped, running, log);
};
