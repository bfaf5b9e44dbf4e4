import { join } from 'node:path';
import { parseArgs } from 'node:util';

export const sectionNames = [
  'read-status',
  'scale',
  'batch-send',
  'start',
  'emulator',
  'memory',
  'disk',
  'retention',
  'upgrade',
  'peers',
  'console',
  'streams',
  'postgres-read-status',
  'postgres-batch-send',
  'postgres-console',
  'postgres-two',
  'postgres-live',
] as const;
export type SectionName = (typeof sectionNames)[number];

/** Everything that decides what is measured; printed with the figures. */
export type Settings = {
  readonly sections: readonly SectionName[];
  readonly quick: boolean;
  readonly messages: number;
  readonly recipients: number;
  readonly users: number;
  readonly connections: number;
  /** Connections of a process to PostgreSQL. */
  readonly poolSize: number;
  /** Seconds of load in a round, and in the warm-up before the first. */
  readonly seconds: number;
  readonly rounds: number;
  /** How often a start is measured. */
  readonly starts: number;
  /** How often an emulator is started and stopped in one process. */
  readonly emulators: number;
  /** Inboxes that are open at once, and sends to some of them. */
  readonly streams: number;
  readonly fanOuts: number;
  /** Requests between the two looks at the memory. */
  readonly memoryRequests: number;
  readonly json: string | undefined;
  /** Whether the seeded files stay, and are taken again, in a fixed folder. */
  readonly keep: boolean;
  /** The built package that is measured. */
  readonly dist: string;
};

export const usage = `node bench/main.ts [section…] [options]

  sections            ${sectionNames.join(', ')}; all of them when none is named
  --json <file>       write settings and figures to a file
  --quick             a tenth of everything, to see that it works
  --messages <n>      messages stored, 1000000 (or a tenth)
  --seconds <n>       seconds of load in a round, 5 (or 1)
  --rounds <n>        rounds, 7 (or 1)
  --keep              leave the seeded files in the temporary folder, and take them again
  --dist <folder>     the built package to measure, dist
`;

/** Reads the command line. Throws a TypeError for what it does not know. */
export function readOptions(args: readonly string[]): Settings {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      messages: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      keep: { type: 'boolean', default: false },
      dist: { type: 'string' },
    },
  });
  const { quick, keep, json } = values;
  const part = (whole: number) => (quick ? whole / 10 : whole);
  return {
    sections: positionals.length === 0 ? sectionNames : positionals.map(sectionNamed),
    messages: whole('messages', values.messages, 1000, part(1_000_000)),
    recipients: 5,
    users: part(100_000),
    connections: 64,
    poolSize: 10,
    seconds: whole('seconds', values.seconds, 1, quick ? 1 : 5),
    rounds: whole('rounds', values.rounds, 1, quick ? 1 : 7),
    starts: part(10),
    emulators: part(100),
    streams: part(5000),
    fanOuts: part(500),
    memoryRequests: part(1_000_000),
    dist: values.dist ?? join(import.meta.dirname, '../dist'),
    ...{ quick, keep, json },
  };
}

function whole(name: string, text: string | undefined, least: number, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new TypeError(`--${name} takes a whole number from ${least}`);
  return value;
}

function sectionNamed(name: string): SectionName {
  const found = sectionNames.find((one) => one === name);
  if (!found) throw new TypeError(`there is no section ${name}: ${sectionNames.join(', ')}`);
  return found;
}
