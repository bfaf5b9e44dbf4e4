/** `npm run chaos`: injects faults into the built package and compares what it shows with what it has acknowledged. */
import build from '../support/built.ts';
import { readOptions, type Settings, usage } from './options.ts';
import { isGood, renderJson, renderTable } from './report.ts';
import { run } from './run.ts';

function settingsOf(args: readonly string[]): Settings | undefined {
  try {
    return readOptions(args);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

async function main(settings: Settings): Promise<void> {
  build();
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  say(`seed ${settings.seed}`);
  const results = await run(settings, say);
  process.stdout.write(settings.json ? renderJson(results, settings) : renderTable(results));
  process.exitCode = isGood(results, settings) ? 0 : 1;
}

// An interrupted run ends at once; what it has started ends with it.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));

const settings = settingsOf(process.argv.slice(2));
if (settings) await main(settings);
else process.stdout.write(usage);
