/** Runs the story of expectations.json with the official SDKs and counts the cases of each language and version. */
import { readFileSync } from 'node:fs';
import build from '../support/built.ts';
import { isLong } from '../support/long.ts';
import { type Language, languages } from './languages.ts';
import { type Choice, isFor } from './only.ts';
import type { Outcome } from './report.ts';

/** The result of one case. */
export type CaseResult = {
  readonly id: string;
  readonly mode: string;
  readonly state: 'passed' | 'failed' | 'not run';
  readonly message: string;
};

/** The results in one language with one version of the SDK. */
export type StoryResult = {
  readonly language: string;
  readonly version: string;
  readonly seconds: number;
  readonly cases: readonly CaseResult[];
};

/** Either the results of all versions, or why the language was skipped. */
export type LanguageResult =
  | { readonly language: string; readonly skipped: string }
  | { readonly language: string; readonly stories: readonly StoryResult[] };

const table = JSON.parse(readFileSync(new URL('expectations.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly (Choice & { readonly id: string })[];
};

/** The versions of an SDK that this run plays: the newest, and in a long run the one of two years ago, too. */
export const playedVersions = ({ versions }: Language) => (isLong ? versions : versions.slice(0, 1));

/** Runs the story in one language, version by version. With `CI=true` nothing may be missing. */
export async function playLanguage(language: Language): Promise<LanguageResult> {
  const missing = await language.missing();
  if (missing !== undefined && process.env.CI === 'true') throw new Error(`${language.name}: ${missing}`);
  if (missing !== undefined) return { language: language.name, skipped: missing };
  const stories: StoryResult[] = [];
  for (const version of playedVersions(language)) stories.push(await playVersion(language, version));
  return { language: language.name, stories };
}

async function playVersion(language: Language, version: string): Promise<StoryResult> {
  const begin = performance.now();
  const cases = countCases(language, version, await language.play(version));
  const seconds = Math.round((performance.now() - begin) / 100) / 10;
  return { language: language.name, version, seconds, cases };
}

/** Every case of the table for this SDK in every mode: one that the runner did not report was not run. */
function countCases(language: Language, version: string, outcomes: readonly Outcome[]): CaseResult[] {
  const byName = new Map(outcomes.map((outcome) => [outcome.name, outcome]));
  const cases = table.cases.filter((each) => isFor(each, `${language.name} ${version}`));
  return language.modes.flatMap((mode) =>
    cases.map(({ id }) => {
      const outcome = byName.get(language.nameOf(id, mode, version));
      const state = outcome === undefined ? 'not run' : outcome.passed ? 'passed' : 'failed';
      return { id, mode, state, message: outcome?.passed === false ? outcome.message : '' };
    }),
  );
}

/** The cases that did not pass, one line for each, with the runner's message. */
export function complaints({ language, version, cases }: StoryResult): string[] {
  const bad = cases.filter(({ state }) => state !== 'passed');
  return bad.map(({ id, mode, state, message }) => `${language} ${version} ${mode} ${state}: ${id}\n${message}`);
}

/** The summary: a row for each language and version, and the skipped ones. */
export function summary(results: readonly LanguageResult[]): string {
  const rows = results.flatMap((result) =>
    'skipped' in result
      ? [`${result.language.padEnd(8)} SKIPPED: ${result.skipped}`]
      : result.stories.map(({ language, version, seconds, cases }) => {
          const passed = cases.filter(({ state }) => state === 'passed').length;
          const count = `${passed} of ${cases.length} cases`.padStart(16);
          return `${language.padEnd(8)} ${version.padEnd(8)} ${count} ${String(seconds).padStart(7)} s`;
        }),
  );
  return `${rows.join('\n')}\n`;
}

if (import.meta.filename === process.argv[1]) {
  build();
  const results = await Promise.all(languages.map(playLanguage));
  const stories = results.flatMap((result) => ('stories' in result ? result.stories : []));
  const wrong = stories.flatMap(complaints);
  for (const complaint of wrong) process.stderr.write(`${complaint}\n`);
  const passed = stories.flatMap(({ cases }) => cases).length - wrong.length;
  const closing = `\n${passed} passed, ${wrong.length} failed\n`;
  process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify(results)}\n` : summary(results) + closing);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
