import type { Option } from './option.ts';

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
