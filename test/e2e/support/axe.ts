import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { becomes } from './harness.ts';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Whether no transition or finite animation is running: a text that is fading in has less contrast for a moment. */
const isStill = `document.getAnimations().every((one) =>
  one.playState !== 'running' || one.effect?.getComputedTiming().endTime === Infinity)`;

/** Leaves out the rules whose problems are at most moderate: their results are not looked at, and some take long. */
const options = `{
  resultTypes: ['violations'],
  rules: Object.fromEntries(
    axe._audit.rules
      .filter(({ impact }) => impact === 'minor' || impact === 'moderate')
      .map(({ id }) => [id, { enabled: false }])),
}`;

/** The problems on a page that axe calls serious or critical, each with its elements. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  // The policy of the pages forbids `waitForFunction` to evaluate a text again and again.
  await becomes(() => page.evaluate<boolean>(isStill), true);
  // A page that was only turned still has it.
  if (!(await page.evaluate<boolean>(`typeof axe === 'object'`))) await page.evaluate(source);
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${options})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
}
