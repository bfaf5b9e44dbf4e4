/** Secrets that may be kept in files of their own, as service managers and container platforms hand them over. */
import { readFileSync } from 'node:fs';
import type { Given, Option } from './option.ts';
import { UsageError } from './values.ts';

/** The option for a file with the value of a secret option: `--secret-file` for `--secret`. */
export function fileOptionOf(secret: Option): Option {
  const { name, flag, environment, commands } = secret;
  return {
    name: `${name}File`,
    flag: `${flag}-file`,
    kind: 'string',
    value: '<path>',
    unset: 'none',
    environment: environment.map((variable) => `${variable}_FILE`),
    commands,
    inFile: true,
    doc: `A file whose first line is the value of ${environment[0] ?? flag}.`,
  };
}

/** The secret itself, or what its file holds. Throws a UsageError when both are given, or the file cannot be read. */
export function secretGiven(secret: Given | undefined, file: Given | undefined): Given | undefined {
  if (file === undefined) return secret;
  if (secret !== undefined)
    throw new UsageError(`${secret.source} and ${file.source} are two ways to give one secret: leave one of them out.`);
  return { text: firstLineOf(file), source: `the file of ${file.source}` };
}

function firstLineOf({ text: path, source }: Given): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
    return text.split(/\r?\n/, 1)[0] ?? '';
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new UsageError(
      `${source} ${JSON.stringify(path)} cannot be read (${code}): name a file with the secret in its first line.`,
      { cause },
    );
  }
}
