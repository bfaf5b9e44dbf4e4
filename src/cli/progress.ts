import { writeControl } from './output.ts';

/** Creates a progress bar on stderr; it draws nothing if stderr is not a terminal. `at` redraws it, `end` clears it. */
export function createProgressBar(label: string): { at(done: number, total: number): void; end(): void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { at() {}, end() {} };
  let drawn = false;
  return {
    at(done, total) {
      drawn = true;
      writeControl(stderr, '\r', renderBar(label, done, total, stderr.columns || 80), '\u001b[K');
    },
    end() {
      if (drawn) writeControl(stderr, '\r\u001b[K');
      drawn = false;
    },
  };
}

/** Renders `sending ████░░░░ 40/100`, fitted to the width of the terminal. */
export function renderBar(label: string, done: number, total: number, columns: number): string {
  const count = `${done}/${total}`;
  const width = Math.max(0, Math.min(40, columns - label.length - count.length - 3));
  const filled = total === 0 ? width : Math.floor((width * done) / total);
  return `${label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${count}`;
}
