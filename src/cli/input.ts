import { readFileSync } from 'node:fs';
import { UsageError } from '../config/options.ts';
import { control, prompt } from './output.ts';

/** The lines of a file, or of standard input for `-`; throws a UsageError when it cannot be read. */
export async function linesOf(path: string, option: string): Promise<readonly string[]> {
  const text = path === '-' ? await standardInput() : fileText(path, option);
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

function fileText(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new UsageError(
      `${option} ${path} cannot be read (${code}): name a file that exists, or - for standard input.`,
      {
        cause,
      },
    );
  }
}

async function standardInput(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
  return text;
}

/** Asks for a secret on the terminal without showing it; undefined where there is no terminal. */
export function askHidden(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return Promise.resolve(undefined);
  // Before the question: what is typed at once must not be shown either.
  stdin.setRawMode(true).setEncoding('utf8').resume();
  prompt(question);
  return new Promise((resolve) => {
    let typed = '';
    const end = (text: string | undefined) => {
      stdin.off('data', take).setRawMode(false).pause();
      control(stderr, '\n');
      resolve(text);
    };
    const take = (chunk: string) => {
      for (const character of chunk) {
        if (character === '\r' || character === '\n') return end(typed);
        // Ctrl+C and Ctrl+D
        if (character === '\u0003' || character === '\u0004') return end(undefined);
        // Backspace
        if (character === '\u007f' || character === '\b') typed = typed.slice(0, -1);
        else typed += character;
      }
      return undefined;
    };
    stdin.on('data', take);
  });
}
