import { verify as verifyDatabase } from '../backup.ts';
import type { Run } from './command.ts';
import { print, printJson } from './output.ts';
import { createProgressBar } from './progress.ts';

/** `huizhi verify`: checks the data of a database and prints each finding. Returns 1 if something is wrong, else 0. */
export const verify: Run = async (config) => {
  const bar = createProgressBar('checking tables');
  try {
    const findings = await verifyDatabase(config, bar.at);
    bar.end();
    if (config.json) printJson(findings);
    else print(findings.map(renderFinding));
    return findings.some(({ state }) => state === 'wrong') ? 1 : 0;
  } finally {
    bar.end();
  }
};

/** Renders a finding as one line. */
export function renderFinding({ check, state, found }: Awaited<ReturnType<typeof verifyDatabase>>[number]): string {
  return `${state.padEnd(6)} ${check.padEnd(12)} ${found}.`;
}
