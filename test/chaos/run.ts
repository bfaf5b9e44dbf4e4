import { randomFrom } from '../crash/ledger.ts';
import { type Engine, type Kind, kinds } from './kinds.ts';
import { createLedger, type Finding, type Ledger, type Wrong } from './ledger.ts';
import { startLoad } from './load.ts';
import { type Machine, openMachine, wait } from './machine.ts';
import type { Settings } from './options.ts';
import { measureRecovery } from './recovery.ts';
import { findTool } from './tools.ts';
import { verify } from './verify.ts';
import { openWorld, type World, type WorldPlan } from './world.ts';

/** A finding with the fault after which it appeared. */
export type Located = Finding & { readonly fault: string };

/** The result of all faults of one kind on one engine. */
export type Result = {
  readonly engine: Engine;
  readonly kind: string;
  readonly faults: number;
  /** Why the kind could not run on this machine. */
  readonly skipped: string | undefined;
  /** The error by which the suite itself failed; some faults are missing then. */
  readonly failed: string | undefined;
  readonly acknowledged: Ledger['acknowledged'];
  /** Sends without an answer whose outcome was checked as well. */
  readonly unacknowledged: number;
  readonly wrong: Readonly<Record<Wrong, number>>;
  readonly findings: readonly Located[];
  /** Milliseconds from the end of each fault until every process served again. */
  readonly recoveries: readonly number[];
  /** Answers other than 200, by status and code. */
  readonly refused: Readonly<Record<string, number>>;
};

/** Faults after which a new installation is created, so that everything can be compared after each fault. */
const faultsOfWorld = 12;

/** Runs every kind on every engine, one after the other, and reports each result when it is complete. */
export async function run(
  settings: Settings,
  onProgress: (text: string) => void,
  chosen: readonly Kind[] = kinds.filter(({ name }) => settings.kinds.includes(name)),
): Promise<readonly Result[]> {
  const machine = openMachine();
  const results: Result[] = [];
  try {
    for (const engine of settings.engines)
      for (const kind of chosen)
        if (kind.engines.includes(engine)) results.push(await runKind(machine, settings, engine, kind, onProgress));
    return results;
  } finally {
    const isKept = settings.keep && results.some(({ findings }) => findings.length > 0);
    if (isKept) onProgress(`databases and logs are in ${machine.folder}`);
    await machine.close(isKept);
  }
}

async function runKind(
  machine: Machine,
  settings: Settings,
  engine: Engine,
  kind: Kind,
  onProgress: (text: string) => void,
): Promise<Result> {
  const skipped = missingTool(kind);
  const isKillOfSqlite = engine === 'sqlite' && kind.name === 'kill';
  const total = skipped === undefined ? ((isKillOfSqlite ? settings.kills : undefined) ?? settings.faults) : 0;
  const parts: Part[] = [];
  let failed: string | undefined;
  for (let first = 0; first < total && failed === undefined; first += faultsOfWorld) {
    const random = randomFrom(seedOf(settings.seed, engine, kind.name, first));
    const name = `${engine}-${kind.name}-${first}`.replaceAll(',', '-');
    const plan = { machine, engine, name, random, processes: settings.processes, hold: settings.hold };
    const range = { first, end: Math.min(first + faultsOfWorld, total), total };
    const part: Part = { ledger: createLedger(), findings: new Map(), recoveries: [] };
    parts.push(part);
    const report = (text: string) => onProgress(`${engine} ${kind.name}: ${text}`);
    try {
      await runWorld({ ...plan, ledger: part.ledger, needs: kind.needs ?? {} }, kind, range, part, report);
    } catch (error) {
      failed = error instanceof Error ? (error.stack ?? error.message) : String(error);
      report(failed);
    }
  }
  return summarize({ engine, kind: kind.name, skipped, failed }, parts);
}

function missingTool({ tools = [] }: Kind): string | undefined {
  for (const tool of tools) {
    const provided = findTool(tool);
    if ('missing' in provided) return provided.missing;
  }
  return undefined;
}

/** Each world has its own schedule, which does not depend on the kinds before it. */
function seedOf(...parts: readonly (string | number)[]): number {
  let hash = 0;
  for (const letter of parts.join(' ')) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
  return hash;
}

/** The results of the faults on one installation so far. */
type Part = {
  readonly ledger: Ledger;
  /** By their text: a lost message is found after every later fault, and counts once. */
  readonly findings: Map<string, Located>;
  readonly recoveries: number[];
};

/** The faults of one world among all of their kind. */
type Range = { readonly first: number; readonly end: number; readonly total: number };

/** Faults on one installation, each followed by a comparison of everything. */
async function runWorld(plan: WorldPlan, kind: Kind, range: Range, part: Part, report: (text: string) => void) {
  const { first, end, total } = range;
  const world = await openWorld(plan);
  const locate = (fault: string, found: readonly Finding[]) => {
    for (const finding of found) {
      if (part.findings.has(finding.what)) continue;
      part.findings.set(finding.what, { ...finding, fault });
      report(`${finding.wrong.toUpperCase()}: ${finding.what}`);
    }
  };
  try {
    for (let i = first; i < end; i++) {
      const { detail, recovery, found } = await injectOne(world, kind, i === end - 1);
      part.recoveries.push(recovery);
      locate(detail, [...world.ledger.findings, ...found]);
      const { sends } = world.ledger.acknowledged;
      report(`${i + 1}/${total} ${detail}; recovered in ${Math.round(recovery)} ms; ${sends} sends acknowledged`);
    }
  } finally {
    await world.close();
  }
}

/**
 * Puts the installation under load, injects a fault, waits for the recovery, and compares; after the last fault at all
 * processes.
 */
async function injectOne(world: World, kind: Kind, isLast: boolean) {
  // A process that has exited by itself is a finding already, and the next fault needs all of them.
  for (const member of world.members) if (!member.url()) await member.restart();
  const load = startLoad(world);
  await wait(200 + world.random() * 500);
  const { detail, restore } = await kind.inject(world);
  const ended = performance.now();
  const recovery = await measureRecovery(world, ended);
  await load.stop();
  const checked = isLast ? world.members : [world.members[Math.floor(world.random() * world.members.length)]];
  const found: Finding[] = [];
  for (const member of checked) if (member) found.push(...(await verify(world, member, ended)));
  await restore?.();
  return { detail, recovery, found };
}

type Outcome = Pick<Result, 'engine' | 'kind' | 'skipped' | 'failed'>;

function summarize(outcome: Outcome, parts: readonly Part[]): Result {
  const findings = parts.flatMap((part) => [...part.findings.values()]);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  const total = (name: keyof Ledger['acknowledged']) => sum(parts.map(({ ledger }) => ledger.acknowledged[name]));
  const count = (wrong: Wrong) => findings.filter((finding) => finding.wrong === wrong).length;
  const refused: Record<string, number> = {};
  for (const { ledger } of parts)
    for (const [code, times] of ledger.refused) refused[code] = (refused[code] ?? 0) + times;
  const sends = parts.flatMap(({ ledger }) => [...ledger.sends.values()]);
  const recoveries = parts.flatMap((part) => part.recoveries);
  return {
    ...outcome,
    ...{ findings, recoveries, refused, faults: recoveries.length },
    acknowledged: {
      ...{ sends: total('sends'), reads: total('reads'), recalls: total('recalls'), changes: total('changes') },
    },
    unacknowledged: sends.filter(({ key }) => key === undefined).length,
    wrong: { lost: count('lost'), doubled: count('doubled'), stuck: count('stuck'), partial: count('partial') },
  };
}
