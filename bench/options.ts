import { join } from 'node:path';
import { parseArgs } from 'node:util';

export const sectionNames = [
  'read-status',
  'scale',
  'batch-send',
  'start',
  'version',
  'emulator',
  'memory',
  'media',
  'groups',
  'disk',
  'retention',
  'upgrade',
  'peers',
  'console',
  'streams',
  'stream',
  'events',
  'cards',
  'postgres-read-status',
  'postgres-batch-send',
  'postgres-console',
  'postgres-groups',
  'postgres-two',
  'postgres-live',
] as const;
export type SectionName = (typeof sectionNames)[number];

/** The sections that can compare two builds. */
export const againstNames = [
  'read-status',
  'batch-send',
  'start',
  'emulator',
  'memory',
  'postgres-read-status',
  'postgres-batch-send',
] as const satisfies readonly SectionName[];
export type AgainstName = (typeof againstNames)[number];

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
  /** The number of open inboxes, and of sends to some of them. */
  readonly streams: number;
  readonly fanOuts: number;
  /** Requests between the two measurements of the memory. */
  readonly memoryRequests: number;
  readonly json: string | undefined;
  /** Whether the seeded files stay in a fixed folder, and are reused. */
  readonly keep: boolean;
  /** The built package that is measured. */
  readonly dist: string;
  /** Another checkout to compare it with. */
  readonly against: string | undefined;
};

export const usage = `node bench/main.ts [section…] [options]

  sections            ${sectionNames.join(', ')}; all of them when none is named
  --json <file>       write settings and figures to a file
  --quick             a tenth of everything, to see that it works
  --messages <n>      messages stored, 1000000 (or a tenth); with --against 100000 (or a tenth)
  --seconds <n>       seconds of load in a round, 5 (or 1)
  --rounds <n>        rounds, 7 (or 1); with --against 15 (or 2)
  --keep              leave the seeded files in the temporary folder, and take them again
  --dist <folder>     the built package to measure, dist
  --against <folder>  compare it with the build of another checkout, with its own dist/ and node_modules/, in turn;
                      ${againstNames.join(', ')}
`;

/** Parses the command line. Throws a TypeError for an unknown option. */
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
      against: { type: 'string' },
    },
  });
  const { quick, keep, json, against } = values;
  const usual = usualSize(against !== undefined, quick);
  const part = (whole: number) => (quick ? whole / 10 : whole);
  return {
    sections: sectionsNamed(positionals, against === undefined ? sectionNames : againstNames),
    messages: whole('messages', values.messages, 1000, usual.messages),
    recipients: 5,
    users: usual.users,
    connections: 64,
    poolSize: 10,
    seconds: whole('seconds', values.seconds, 1, quick ? 1 : 5),
    rounds: whole('rounds', values.rounds, 1, usual.rounds),
    starts: part(10),
    emulators: part(100),
    streams: part(5000),
    fanOuts: part(500),
    memoryRequests: part(1_000_000),
    dist: values.dist ?? join(import.meta.dirname, '../dist'),
    ...{ quick, keep, json, against },
  };
}

/** Two builds are compared with fewer messages, because a build fills its database through HTTP. */
function usualSize(isAgainst: boolean, quick: boolean): Pick<Settings, 'messages' | 'users' | 'rounds'> {
  const [messages, users] = isAgainst ? [100_000, 10_000] : [1_000_000, 100_000];
  const share = quick ? 10 : 1;
  const rounds = isAgainst ? { whole: 15, quick: 2 } : { whole: 7, quick: 1 };
  return { messages: messages / share, users: users / share, rounds: quick ? rounds.quick : rounds.whole };
}

function whole(name: string, text: string | undefined, least: number, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new TypeError(`--${name} takes a whole number from ${least}`);
  return value;
}

function sectionsNamed(names: readonly string[], known: readonly SectionName[]): readonly SectionName[] {
  if (names.length === 0) return known;
  return names.map((name) => {
    const found = known.find((one) => one === name);
    if (!found) throw new TypeError(`there is no section ${name}: ${known.join(', ')}`);
    return found;
  });
}
