import { readFileSync } from 'node:fs';
import { UsageError } from '../config/options.ts';
import { prompt, writeControl } from './output.ts';

/**
 * Reads the lines of a file, or of standard input if `path` is `-`, and drops blank ones. Throws a UsageError that
 * names `option` if the file cannot be read.
 */
export async function readLines(path: string, option: string): Promise<readonly string[]> {
  const text = path === '-' ? await readStandardInput() : readTextFile(path, option);
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

/**
 * Reads the bytes of a file, or of standard input if `path` is `-`. Throws a UsageError that names `option` if the file
 * cannot be read.
 */
export async function readBytes(path: string, option: string): Promise<Uint8Array> {
  if (path !== '-') return readFile(path, option);
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const readTextFile = (path: string, option: string) =>
  readFile(path, option)
    .toString('utf8')
    .replace(/^\ufeff/, '');

function readFile(path: string, option: string): Buffer {
  try {
    return readFileSync(path);
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

async function readStandardInput(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
  return text;
}

/**
 * Prompts for a secret without echo. Resolves to undefined if stdin or stderr is not a terminal, and on Ctrl+C and
 * Ctrl+D.
 */
export function promptHidden(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return Promise.resolve(undefined);
  // Before the prompt, so that keys typed immediately are not echoed either.
  stdin.setRawMode(true).setEncoding('utf8').resume();
  prompt(question);
  return new Promise((resolve) => {
    let typed = '';
    const end = (text: string | undefined) => {
      stdin.off('data', onData).setRawMode(false).pause();
      writeControl(stderr, '\n');
      resolve(text);
    };
    const onData = (chunk: string) => {
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
    stdin.on('data', onData);
  });
}
