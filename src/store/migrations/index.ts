import type { Migrations } from '../engine/sql.ts';
import { first } from './001-first.ts';
import { streams } from './002-streams.ts';
import { forConsole } from './003-console.ts';
import { processes } from './004-processes.ts';
import { hourly } from './005-hourly.ts';
import { days } from './006-days.ts';
import { manners } from './007-manners.ts';
import { blocks } from './008-blocks.ts';
import { people } from './009-people.ts';
import { conversations } from './010-conversations.ts';
import { groupNames } from './014-group-names.ts';

const scripts = [
  ...[first, streams, forConsole, processes, hourly, days, manners, blocks, people, conversations],
  groupNames,
];

/** All schema steps in order. Released steps are never edited. */
export const migrations: Migrations = {
  latest: scripts.length,
  script: (version) => scripts[version - 1] ?? '',
};
