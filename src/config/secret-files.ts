/** Secrets in files of their own, as service managers (systemd credentials) and container platforms provide them. */
import { readFileSync } from 'node:fs';
import type { Option, OptionValue } from './options/option.ts';
import { UsageError } from './values.ts';

/** Creates the option for a file that contains the value of a secret option, such as `--secret-file` for `--secret`. */
export function createFileOption(secret: Option): Option {
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

/**
 * Returns the secret, or the first line of its file. Throws a UsageError if both are given, or if the file cannot be
 * read.
 */
export function resolveSecret(secret: OptionValue | undefined, file: OptionValue | undefined): OptionValue | undefined {
  if (file === undefined) return secret;
  if (secret !== undefined)
    throw new UsageError(`${secret.source} and ${file.source} set the same secret: use only one of them.`);
  return { text: readFirstLine(file), source: `the file of ${file.source}` };
}

/** Returns the first line of a file that an option names. Throws a UsageError if it cannot be read. */
export function readFirstLine({ text: path, source }: OptionValue): string {
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
