/**
 * The only place that writes on a terminal. Most of what a command prints came from outside (answers, files, arguments, error messages), so
 * every line loses its control characters here; JSON keeps them as escapes.
 */
import { escapeControls, printableJson } from '../wire/text.ts';

/** A line of text, in bold where the terminal has it if it is `strong`. */
export type Line = string | { readonly strong: string };

/** Prints lines on stdout, which is for results. */
export function print(lines: readonly Line[]): void {
  const { stdout } = process;
  const isBold = stdout.isTTY === true && stdout.hasColors();
  stdout.write(lines.map((line) => `${rendered(line, isBold)}\n`).join(''));
}

/** Prints values on stdout as JSON, one line for each. */
export function printJson(values: readonly unknown[]): void {
  process.stdout.write(values.map((value) => `${printableJson(value)}\n`).join(''));
}

/** Prints lines on stderr, which is for everything that is no result. */
export function report(lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${escapeControls(line)}\n`).join(''));
}

/** Prints a text of ours as it is, such as a help text or a script for a shell. */
export function printOwnText(text: string): void {
  process.stdout.write(text);
}

/** Asks for something on stderr, without a line break. */
export function prompt(question: string): void {
  process.stderr.write(escapeControls(question));
}

/** Sends a control sequence of ours, with a text behind it. */
export function control(stream: NodeJS.WriteStream, before: string, text = '', after = ''): void {
  stream.write(before + escapeControls(text) + after);
}

function rendered(line: Line, isBold: boolean): string {
  if (typeof line === 'string') return escapeControls(line);
  const text = escapeControls(line.strong);
  return isBold ? `\u001b[1m${text}\u001b[22m` : text;
}
