import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { againstSection, type Comparison } from './lib/against.ts';
import type { Section } from './lib/bench.ts';
import { bothBuilds } from './lib/build.ts';
import { type Figure, line } from './lib/figure.ts';
import { type Machine, machine } from './lib/machine.ts';
import { openWorkspace } from './lib/workspace.ts';
import { type AgainstName, readOptions, type SectionName, type Settings, usage } from './options.ts';

const sections: Readonly<Record<SectionName, () => Promise<Section>>> = {
  'read-status': async () => (await import('./sections/read-status.ts')).readStatusSection,
  scale: async () => (await import('./sections/scale.ts')).scaleSection,
  'batch-send': async () => (await import('./sections/batch-send.ts')).batchSendSection,
  start: async () => (await import('./sections/start.ts')).startSection,
  version: async () => (await import('./sections/version.ts')).versionSection,
  emulator: async () => (await import('./sections/emulator.ts')).emulatorSection,
  memory: async () => (await import('./sections/memory.ts')).memorySection,
  groups: async () => (await import('./sections/groups.ts')).groupsSection,
  media: async () => (await import('./sections/media.ts')).mediaSection,
  disk: async () => (await import('./sections/disk.ts')).diskSection,
  retention: async () => (await import('./sections/retention.ts')).retentionSection,
  upgrade: async () => (await import('./sections/upgrade.ts')).upgradeSection,
  peers: async () => (await import('./sections/peers.ts')).peersSection,
  console: async () => (await import('./sections/console.ts')).consoleSection,
  streams: async () => (await import('./sections/streams.ts')).streamsSection,
  cards: async () => (await import('./sections/cards.ts')).cardsSection,
  stream: async () => (await import('./sections/stream.ts')).streamSection,
  events: async () => (await import('./sections/events.ts')).eventsSection,
  'postgres-read-status': async () => (await import('./sections/postgres-read-status.ts')).postgresReadStatusSection,
  'postgres-batch-send': async () => (await import('./sections/postgres-batch-send.ts')).postgresBatchSendSection,
  'postgres-console': async () => (await import('./sections/console.ts')).postgresConsoleSection,
  'postgres-groups': async () => (await import('./sections/postgres-groups.ts')).postgresGroupsSection,
  'postgres-two': async () => (await import('./sections/postgres-two.ts')).postgresTwoSection,
  'postgres-live': async () => (await import('./sections/postgres-live.ts')).postgresLiveSection,
};

const comparisons: Readonly<Record<AgainstName, () => Promise<Comparison>>> = {
  'read-status': async () => (await import('./against/read-status.ts')).readStatus,
  'batch-send': async () => (await import('./against/batch-send.ts')).batchSend,
  start: async () => (await import('./against/start.ts')).start,
  emulator: async () => (await import('./against/emulator.ts')).emulator,
  memory: async () => (await import('./against/memory.ts')).memory,
  'postgres-read-status': async () => (await import('./against/postgres.ts')).postgresReadStatus,
  'postgres-batch-send': async () => (await import('./against/postgres.ts')).postgresBatchSend,
};

const isComparison = (name: SectionName): name is AgainstName => name in comparisons;

/** The section of a name: compared with another build if one is given, otherwise alone. */
async function sectionOf(name: SectionName, { against }: Settings): Promise<Section> {
  if (against === undefined || !isComparison(name)) return sections[name]();
  return againstSection(await comparisons[name]());
}

type Report = {
  readonly startedAt: string;
  readonly seconds: number;
  readonly machine: Machine;
  readonly settings: Settings;
  readonly sections: Readonly<Partial<Record<SectionName, readonly Figure[]>>>;
};

/** Measures the requested sections, one after the other, and prints each when it is complete. */
async function run(settings: Settings): Promise<Report> {
  const started = new Date();
  const found = machine();
  print(settings, found);
  const workspace = openWorkspace(settings.keep, note);
  const figures: Partial<Record<SectionName, readonly Figure[]>> = {};
  try {
    for (const name of settings.sections) {
      const section = await sectionOf(name, settings);
      process.stdout.write(`\n${name}: ${section.title(settings)}\n`);
      const measured = await section.run({ settings, workspace, say: note });
      figures[name] = measured;
      for (const figure of measured) process.stdout.write(`${line(figure)}\n`);
    }
  } finally {
    workspace.close();
  }
  const seconds = Math.round((Date.now() - started.getTime()) / 1000);
  return { startedAt: started.toISOString(), seconds, machine: found, settings, sections: figures };
}

function note(text: string): void {
  process.stderr.write(`  … ${text}\n`);
}

function print(settings: Settings, { node, cores, cpu, memoryGiB, system, wrk, wrkCore, loadBefore }: Machine): void {
  const { messages, users, connections, seconds, rounds } = settings;
  const lines = [
    `node ${node}, wrk ${wrk} ${wrkCore === undefined ? 'on any core' : `on core ${wrkCore}`}, ${system}, ${cores} cores of ${cpu}, ${memoryGiB} GiB, load before ${loadBefore.toFixed(2)}`,
    `${messages} messages, ${users} users, ${connections} connections, ${rounds} rounds of ${seconds} s each`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function checkDist(dist: string): void {
  const main = join(dist, 'cli/main.js');
  if (!existsSync(main)) throw new Error(`${main} is not there: npm run build`);
  note(`measuring ${dist}, built ${statSync(main).mtime.toISOString()}`);
}

function checkOther(dist: string, against: string): void {
  const [, other] = bothBuilds(dist, against);
  note(`against ${other.dist}, built ${statSync(join(other.dist, 'cli/main.js')).mtime.toISOString()}`);
}

function read(args: readonly string[]): Settings | undefined {
  try {
    return readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

/** Whether everything that is to be measured is built; reports what is missing. */
function isBuilt({ dist, against }: Settings): boolean {
  try {
    checkDist(dist);
    if (against !== undefined) checkOther(dist, against);
    return true;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
    return false;
  }
}

const settings = read(process.argv.slice(2));
if (settings && isBuilt(settings)) {
  const report = await run(settings);
  if (settings.json !== undefined) writeFileSync(settings.json, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`\n${verdict(Object.values(report.sections).flat())}${report.seconds} s in all\n`);
}

function verdict(figures: readonly Figure[]): string {
  const bounded = figures.filter(({ met }) => met !== undefined);
  if (bounded.length === 0) return '';
  const missed = bounded.filter(({ met }) => met === false).length;
  return `${missed === 0 ? 'every bound is met' : `${missed} bounds are MISSED`}, `;
}
