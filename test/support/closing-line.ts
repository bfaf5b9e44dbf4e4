import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { groupLines, tookOf } from './group-seconds.ts';

/**
 * Ends a run with the skipped tests and their reasons, the seconds of each group of files, and one line that programs
 * can read: `<passed> passed, <failed> failed, <skipped> skipped`. A file that could not be run, and an error outside
 * of every test, count as failed.
 */
export function closingLine(write: (text: string) => void = (text) => void process.stdout.write(text)): Reporter {
  let isFiltered = false;
  return {
    onInit({ config }) {
      isFiltered = config.testNamePattern !== undefined;
    },
    onTestRunEnd(modules, unhandledErrors) {
      const tests = modules.flatMap((one) => [...one.children.allTests()]);
      const count = (state: string) => tests.filter((test) => test.result().state === state).length;
      const failed = count('failed') + modules.filter(isBroken).length + unhandledErrors.length;
      const skipped = tests.filter((test) => ['skipped', 'pending'].includes(test.result().state));
      // A run of tests selected by name skips the others on purpose.
      const untold = skipped.filter((test) => !isFiltered || reasonOf(test) !== undefined);
      if (untold.length > 0) write(`\nSKIPPED, so nothing is known about:\n${untold.map(renderSkip).join('')}`);
      write(`\nSeconds by group; files run side by side:\n${groupLines(modules.map(tookOf)).join('\n')}\n`);
      write(`\n${count('passed')} passed, ${failed} failed, ${skipped.length} skipped\n`);
    },
  };
}

/** The file failed outside of its tests. */
function isBroken(module: TestModule): boolean {
  const hasFailedTest = [...module.children.allTests('failed')].length > 0;
  return module.state() === 'failed' && !hasFailedTest;
}

function reasonOf(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === 'skipped' ? result.note : undefined;
}

function renderSkip(test: TestCase): string {
  return `  ${test.module.relativeModuleId} > ${test.fullName}: ${reasonOf(test) ?? 'it was not run'}\n`;
}
