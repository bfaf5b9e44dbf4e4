/**
 * The only module that writes to the terminal. Most of what a command prints comes from outside (responses, files,
 * arguments, error messages), so control characters are replaced here in text, and escaped in JSON.
 */
import { escapeControls, renderPrintableJson } from '../wire/text.ts';

/** The error with which stdout could not be written, if any. */
let failure: NodeJS.ErrnoException | undefined;

/**
 * Watches for errors of stdout, which would end the process otherwise. Node leaves the stream open after one: later
 * writes fail, too.
 */
export function watchOutput(): void {
  process.stdout.on('error', (error) => {
    failure ??= error;
  });
}

/** Whether stdout cannot be written any more, for example because its reader, such as `head`, has closed it. */
export const isOutputClosed = (): boolean => failure !== undefined;

/**
 * Waits until all is written to stdout, and resolves to the exit code: the given one, or 1 if a write has failed, for
 * example because the disk is full. That a reader has closed a pipe early (EPIPE) is not a failure.
 */
export async function endOutput(code: number): Promise<number> {
  await new Promise((resolve) => void process.stdout.write('', resolve));
  if (failure === undefined || failure.code === 'EPIPE') return code;
  report([`Standard output cannot be written (${failure.code}).`]);
  return Math.max(code, 1);
}

/** A line of text; `strong` is printed in bold if the terminal supports it. */
export type Line = string | { readonly strong: string };

/** Prints lines to stdout, which carries results only. */
export function print(lines: readonly Line[]): void {
  const { stdout } = process;
  const isBold = stdout.isTTY === true && stdout.hasColors();
  stdout.write(lines.map((line) => `${renderLine(line, isBold)}\n`).join(''));
}

/** Prints values to stdout as JSON, one line each. */
export function printJson(values: readonly unknown[]): void {
  process.stdout.write(values.map((value) => `${renderPrintableJson(value)}\n`).join(''));
}

/** Prints lines to stderr, which carries everything but results. */
export function report(lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${escapeControls(line)}\n`).join(''));
}

/** Prints a text of huizhi itself to stdout unchanged, such as a help text or a shell script. */
export function printUnescaped(text: string): void {
  process.stdout.write(text);
}

/** Writes bytes to stdout, as fast as their reader takes them. Rejects if the reader closes it before it has all. */
export async function writeBytes(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    const error = await new Promise<unknown>((resolve) => void process.stdout.write(chunk, resolve));
    if (error instanceof Error) throw new Error('standard output was closed before it had all', { cause: error });
  }
}

/** Prints a prompt to stderr, without a line break. */
export function prompt(question: string): void {
  process.stderr.write(escapeControls(question));
}

/** Writes terminal control sequences (`before`, `after`) around a text; only the text is escaped. */
export function writeControl(stream: NodeJS.WriteStream, before: string, text = '', after = ''): void {
  stream.write(before + escapeControls(text) + after);
}

function renderLine(line: Line, isBold: boolean): string {
  if (typeof line === 'string') return escapeControls(line);
  const text = escapeControls(line.strong);
  return isBold ? `\u001b[1m${text}\u001b[22m` : text;
}
