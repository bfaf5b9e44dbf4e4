import { control } from './output.ts';

/** Draws a bar on stderr if that is a terminal; otherwise nothing. */
export function progressBar(label: string): { at(done: number, total: number): void; end(): void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { at() {}, end() {} };
  let drawn = false;
  return {
    at(done, total) {
      drawn = true;
      control(stderr, '\r', bar(label, done, total, stderr.columns || 80), '\u001b[K');
    },
    end() {
      if (drawn) control(stderr, '\r\u001b[K');
      drawn = false;
    },
  };
}

/** `sending ████░░░░ 40/100`, not wider than the terminal. */
export function bar(label: string, done: number, total: number, columns: number): string {
  const count = `${done}/${total}`;
  const width = Math.max(0, Math.min(40, columns - label.length - count.length - 3));
  const filled = total === 0 ? width : Math.floor((width * done) / total);
  return `${label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${count}`;
}
