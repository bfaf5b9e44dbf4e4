import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFailed, onTestFinished, test } from 'vitest';
import { repeats } from '../support/long.ts';
import { createLedger, randomFrom } from './ledger.ts';
import { type Load, type Passes, rush } from './load.ts';
import { enter } from './passes.ts';
import { configure, launch } from './server.ts';
import { newStreams, verify, verifyAll } from './verify.ts';

const kills = repeats('HUIZHI_KILLS', 12, 200);
const seed = Number(process.env.HUIZHI_CRASH_SEED ?? Date.now() % 1_000_000);

/** One of this many kills comes within this many milliseconds of a start; the others come under load. */
const oneInStart = 5;
const starting = 500;
/** Maximum number of acknowledgements of a server before it is killed. */
const mostAcknowledged = 300;

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-crash-'));
  const keep = () =>
    void process.stderr.write(`repeat it with HUIZHI_CRASH_SEED=${seed}; the database is in ${folder}\n`);
  let failed = false;
  onTestFailed(() => {
    failed = true;
    keep();
  });
  onTestFinished(() => {
    if (!failed) rmSync(folder, { recursive: true });
  });
  configure(folder);
  return folder;
}

function begin(folder: string) {
  const launched = launch(folder);
  onTestFinished(launched.kill);
  return launched;
}

/** Puts a server under load and kills it at one of its acknowledgements, while other calls are in all their stages. */
async function killUnderLoad(load: Load): Promise<void> {
  const { server, ledger, random } = load;
  const end = ledger.acknowledged + 1 + Math.floor(random() * mostAcknowledged);
  const onAcknowledged = () => {
    if (ledger.acknowledged === end) void server.kill();
  };
  await rush({ ...load, onAcknowledged });
  await server.kill();
  if (/"level":"(error|fatal)"/.test(server.log())) ledger.complaints.push(server.log());
}

async function killInStart({ kill }: ReturnType<typeof launch>, after: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, after));
  await kill();
}

test('what was acknowledged is neither lost nor duplicated nor changed, whenever the process is killed', {
  timeout: 60_000 + kills * 5_000,
}, async () => {
  const folder = createFolder();
  const random = randomFrom(seed);
  const ledger = createLedger();
  const streams = newStreams();
  let passes: Passes | undefined;
  for (let done = 0; done < kills; done++) {
    const launched = begin(folder);
    if (passes && random() < 1 / oneInStart) {
      await killInStart(launched, random() * starting);
      continue;
    }
    const server = await launched.ready;
    passes ??= await enter(server);
    const load = { server, passes, ledger, random };
    await verify(load, streams);
    await killUnderLoad(load);
  }
  const server = await begin(folder).ready;
  if (passes) await verifyAll({ server, passes, ledger, random }, streams);
  expect(ledger.acknowledged).toBeGreaterThan(kills * 10);
});
