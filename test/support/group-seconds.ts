import type { TestModule } from 'vitest/node';

/**
 * The folder of `test/` that a file is in, or the first word of its name; `unit` and `bench` for what is not in
 * `test/`.
 */
function groupOf(file: string): string {
  const [top, second = '', ...rest] = file.split('/');
  if (top === 'src') return 'unit';
  if (top !== 'test') return top ?? '';
  return rest.length > 0 ? second : (second.split(/[-.]/, 1)[0] ?? second);
}

type Took = { readonly file: string; readonly milliseconds: number };

/** A line for each group, the longest first. Files run side by side, so the sum exceeds the duration of the run. */
export function groupLines(files: readonly Took[]): readonly string[] {
  const groups = [...Map.groupBy(files, ({ file }) => groupOf(file))].map(([name, own]) => ({
    name,
    count: own.length,
    seconds: own.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000,
  }));
  return groups
    .sort((a, b) => b.seconds - a.seconds)
    .map(({ name, count, seconds }) => `  ${name.padEnd(14)}${seconds.toFixed(1).padStart(8)} s  ${count} files`);
}

/** How long a file has taken, including its imports and hooks. */
export function tookOf(module: TestModule): Took {
  const { collectDuration, setupDuration, duration } = module.diagnostic();
  return { file: module.relativeModuleId, milliseconds: collectDuration + setupDuration + duration };
}
