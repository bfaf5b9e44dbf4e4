import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { inTurn } from '../lib/alternate.ts';
import { call, readStatus, readStatusPath } from '../lib/api.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { type Figure, plain } from '../lib/figure.ts';
import { install, type Peer, peers } from '../lib/peers.ts';
import { type Polled, poll, serve, startBaseline } from '../lib/polled.ts';
import { freePort, run, startCommand } from '../lib/process.ts';
import { median } from '../lib/stats.ts';
import type { Measured } from '../lib/wrk.ts';
import { keyMaker, robotCode } from '../seed.ts';

const bare = 'bare node:http';
/** A message to five users, two or three of whom have read it. */
const message = 7;

type Server = { readonly url: string; readonly pid: number; stop(): Promise<void> };

/** One receipt from huizhi, and the same response from servers without state and checks. */
export const peersSection: Section = {
  title: ({ connections }) =>
    `one message's readStatus, against servers that give the same answer to everybody, ${connections} connections, in turn`,
  async run(bench) {
    const seeded = await bench.workspace.seeded({ messages: 1000, recipients: 5, users: 1000 });
    const huizhi = await serve(bench, seeded);
    const running = new Map<string, Server>([['huizhi', huizhi]]);
    try {
      const path = readStatusPath(robotCode, keyMaker(seeded.plan)(message));
      const body = await readStatus(huizhi.url, huizhi.headers, robotCode, keyMaker(seeded.plan)(message));
      running.set(bare, await startBaseline(bench, huizhi));
      for (const peer of peers) await addPeer(bench, running, peer, path, body);
      return figures(await measured(bench, huizhi, running, path));
    } finally {
      await Promise.all([...running.values()].map((server) => server.stop()));
    }
  },
};

/** Installs and starts a peer; one that cannot be downloaded is reported and left out. */
async function addPeer(bench: Bench, running: Map<string, Server>, peer: Peer, path: string, body: string) {
  const name = `${peer.name} ${peer.version}`;
  try {
    const installed = await install(peer, bench.workspace.folder);
    const { runtime, server } = await startPeer(bench, peer, installed, path, body);
    running.set(name + runtime, server);
  } catch (error) {
    bench.say(`${name} is left out: ${error instanceof Error ? error.message : error}`);
  }
}

/** Starts a peer and checks that its response is that of huizhi, except for spaces. */
async function startPeer({ workspace }: Bench, peer: Peer, installed: string, path: string, body: string) {
  const port = await freePort();
  const folder = mkdtempSync(join(workspace.folder, 'peer-'));
  const command = peer.command(installed, { port, path: path.split('?')[0] ?? '', body, folder });
  const runtime = command[0] === 'java' ? ` (Java ${await javaVersion(folder)})` : '';
  const url = `http://127.0.0.1:${port}`;
  const asked = () => call(url + path).catch(() => undefined);
  const { pid, stop } = await startCommand(command, folder, async () => (await asked())?.status === 200);
  const said = (await asked())?.text ?? '';
  if (isDeepStrictEqual(JSON.parse(said), JSON.parse(body))) return { runtime, server: { url, pid, stop } };
  await stop();
  throw new Error(`it answers ${said}`);
}

async function javaVersion(folder: string): Promise<string> {
  return (
    /^openjdk (\S+)|^java (\S+)/m
      .exec(await run('java', ['--version'], folder))
      ?.slice(1)
      .join('') ?? 'unknown'
  );
}

/** Each gets a warm-up round; that of the Java VM, whose compiler is slow and thorough, is four times as long. */
async function measured(bench: Bench, { headers }: Polled, running: ReadonlyMap<string, Server>, path: string) {
  const asking = (times: (name: string) => number) =>
    [...running].map(([name, server]) => {
      const settings = { ...bench.settings, seconds: bench.settings.seconds * times(name) };
      return [name, () => poll({ ...bench, settings }, server, headers, [path])] as const;
    });
  const leaveOut = (name: string, error: unknown) => bench.say(`${name} is left out: ${error}`);
  const warm = await inTurn(1, new Map(asking((name) => (name.includes('Java') ? 4 : 1))), leaveOut);
  const rest = asking(() => 1).filter(([name]) => warm.has(name));
  return inTurn(bench.settings.rounds, new Map(rest), leaveOut);
}

function figures(measured: ReadonlyMap<string, readonly Measured[]>): readonly Figure[] {
  const yardstick = measured.get(bare) ?? [];
  return [...measured].flatMap(([name, rounds]) => {
    const rates = rounds.map((one) => one.perSecond);
    const ratios = rates.map((rate, i) => rate / (yardstick[i]?.perSecond ?? Number.NaN));
    const cost = rounds.map((one) => one.microsPerRequest);
    return [
      plain(name, median(rates), 'requests/s', rates),
      ...(name === bare ? [] : [plain(`${name}: share of ${bare}`, median(ratios), '', ratios)]),
      plain(`${name}: processor time`, median(cost), 'us/request', cost),
    ];
  });
}
