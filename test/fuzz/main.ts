/** `npm run fuzz`: sends generated requests to the built package and prints what was answered. See CONTRIBUTING.md. */
import { parseArgs } from 'node:util';
import buildWhenStale from '../support/built.ts';
import { renderFailure, renderReport } from './report.ts';
import { type Options, runFuzz } from './run.ts';
import type { Command } from './server.ts';

const usage = `npm run fuzz -- [options]

  --command <dev|serve>   the command under test; both, one after the other, if absent
  --seed <number>         seed of the requests; 1 if absent
  --count <number>        requests to each command; 5000 if absent
  --connections <number>  connections at once; 16 if absent
  --only <index>          replays one request of the seed
  --failures <number>     failures after which a run stops; 25 if absent
  --database <address>    a path or postgres://…; each command's own default if absent
`;

function readOptions(): readonly Options[] {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { command: text, seed: text, count: text, connections: text, only: text, failures: text, database: text },
  });
  const whole = (name: 'seed' | 'count' | 'connections' | 'only' | 'failures') => {
    const given = values[name];
    if (given !== undefined && !/^\d{1,9}$/.test(given)) throw new TypeError(`--${name} is not a whole number`);
    return given === undefined ? undefined : Number(given);
  };
  const { command, database } = values;
  if (command !== undefined && command !== 'dev' && command !== 'serve')
    throw new TypeError('--command is dev or serve');
  const commands: readonly Command[] = command === undefined ? ['dev', 'serve'] : [command];
  return commands.map((each) => ({
    command: each,
    database,
    seed: whole('seed') ?? 1,
    count: whole('count') ?? 5000,
    connections: whole('connections') ?? 16,
    only: whole('only'),
    mostFailures: whole('failures'),
    failed: (failure) => void process.stderr.write(`${renderFailure(failure)}\n`),
  }));
}

async function main(runs: readonly Options[]): Promise<void> {
  buildWhenStale();
  for (const options of runs) {
    const report = await runFuzz(options);
    process.stdout.write(`${renderReport(report)}\n`);
    if (report.failures.length > 0) process.exitCode = 1;
  }
}

function optionsOrUsage(): readonly Options[] {
  try {
    return readOptions();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

await main(optionsOrUsage());
