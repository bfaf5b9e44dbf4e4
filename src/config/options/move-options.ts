import type { Option } from './option.ts';

const migrateFlag = { kind: 'boolean', environment: [], inFile: false, commands: ['migrate'] } as const;

/** The options of `huizhi migrate` besides those of a copy. */
export const migrateOptions: readonly Option[] = [
  {
    ...migrateFlag,
    name: 'check',
    flag: '--check',
    doc: 'Only report; the exit code is 1 if the schema is not the current one.',
  },
  {
    ...migrateFlag,
    name: 'acceptMissingLog',
    flag: '--accept-missing-log',
    doc: 'Continue with a SQLite file that was not closed cleanly and whose -wal file is missing or empty. The changes in that file are lost.',
  },
];

/** The options of a copy by `huizhi migrate`. */
export const moveOptions: readonly Option[] = [
  {
    name: 'moveFrom',
    flag: '--from',
    kind: 'string',
    value: '<path>',
    unset: 'nothing is copied',
    environment: [],
    commands: ['migrate'],
    inFile: false,
    doc: 'Copy all data from this database (a path, or postgres://…) to the one of --to, and compare both.',
  },
  {
    name: 'moveTo',
    flag: '--to',
    kind: 'string',
    value: '<path>',
    unset: 'nothing is copied',
    environment: [],
    commands: ['migrate'],
    inFile: false,
    doc: 'The empty database to copy to. After an interruption, the same command continues.',
  },
];
