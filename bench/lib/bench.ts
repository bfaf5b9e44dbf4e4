import type { Settings } from '../options.ts';
import type { Figure } from './figure.ts';
import type { Workspace } from './workspace.ts';

/** What a section works with. */
export type Bench = {
  readonly settings: Settings;
  readonly workspace: Workspace;
  /** Reports progress. */
  say(text: string): void;
};

/** Measures one thing; `title` says with which settings. */
export type Section = {
  title(settings: Settings): string;
  run(bench: Bench): Promise<readonly Figure[]>;
};
