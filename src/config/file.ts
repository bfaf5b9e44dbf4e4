import { readFileSync } from 'node:fs';
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { didYouMean } from '../wire/did-you-mean.ts';
import { escapeControls } from '../wire/text.ts';
import { checkSetup } from './file-checks.ts';
import { fileShape, listKnownKeys } from './file-shape.ts';
import type { Finding, Setup } from './setup.ts';
import { UsageError } from './values.ts';

/** A parsed configuration file. */
export type SetupFile = {
  /** By option name: the value as text, and its source for error messages, such as `huizhi.yaml:3: port`. */
  readonly options: ReadonlyMap<string, { readonly text: string; readonly source: string }>;
  /** Undefined if the file names no organizations, apps or robots. */
  readonly setup: Setup | undefined;
  /** Throws a UsageError that lists findings with file, line and key. */
  refuse(findings: readonly Finding[]): never;
};

/**
 * Reads a configuration file, such as huizhi.yaml. Throws a UsageError that lists every problem with its file, line and
 * key.
 */
export function readSetupFile(path: string): SetupFile {
  return parseSetupFile(readText(path), path);
}

function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (cause) {
    throw new UsageError(`${path}: ${describeReadFailure(cause)}`, { cause });
  }
}

function describeReadFailure(cause: unknown): string {
  const reason = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (reason === 'ENOENT') return 'the file does not exist.';
  if (reason === 'EISDIR') return 'this is a folder, not a file.';
  if (reason === 'EACCES') return 'no permission to read the file.';
  return reason === 'ERR_ENCODING_INVALID_ENCODED_DATA'
    ? 'the file is not UTF-8 text.'
    : `the file cannot be read (${reason}).`;
}

/** Like `readSetupFile`, for the text of a file; error messages call the file `name`. */
export function parseSetupFile(text: string, name: string): SetupFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (path: Finding['path']) => `${name}:${lines.linePos(findOffset(document, path)).line}`;
  const refuse = (findings: readonly Finding[]): never => {
    throw new UsageError(
      findings.map((one) => escapeControls(`${at(one.path)}: ${formatPath(one.path)}${one.what}`)).join('\n'),
    );
  };
  refuseBadYaml(document, name);
  const parsed = fileShape.safeParse(document.toJS() ?? {});
  if (!parsed.success) return refuse(parsed.error.issues.flatMap((issue) => describeIssue(issue, document)));
  const { organizations = [], apps = [], robots = [], ...rest } = parsed.data;
  const setup: Setup = { organizations, apps, robots };
  const findings = checkSetup(setup);
  if (findings.length > 0) refuse(findings);
  const options = Object.entries(rest).map(
    ([key, value]) => [key, { text: String(value), source: `${at([key])}: ${key}` }] as const,
  );
  const empty = organizations.length + apps.length + robots.length === 0;
  return { options: new Map(options), setup: empty ? undefined : setup, refuse };
}

function refuseBadYaml({ errors, warnings }: Document.Parsed, name: string): void {
  const faults = [...errors, ...warnings].map(
    (e) => `${name}:${e.linePos?.[0].line ?? 1}: ${e.message.split(/ at line |\n/)[0]}`,
  );
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
}

/** Formats a path as `robots[0].appKey: `. */
function formatPath(path: Finding['path']): string {
  const keys = path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`));
  return keys.length === 0 ? '' : `${keys.join('')}: `;
}

/** Returns the offset of a path's key in the text, or of its closest existing parent if the key is missing. */
function findOffset(document: Document.Parsed, path: Finding['path']): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === step) : undefined;
    const next: unknown = isSeq(node) ? node.items[Number(step)] : pair?.value;
    const named = isSeq(node) ? next : pair?.key;
    if (!isNode(named)) break;
    offset = named.range?.[0] ?? offset;
    node = next;
  }
  return offset;
}

function describeIssue(issue: z.core.$ZodIssue, document: Document.Parsed): Finding[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code !== 'unrecognized_keys') return [{ path, what: describeProblem(issue, document.hasIn(path)) }];
  return issue.keys.map((key) => ({
    path: [...path, key],
    what: `unknown key.${didYouMean(key, listKnownKeys(path))}`,
  }));
}

function describeProblem(issue: z.core.$ZodIssue, present: boolean): string {
  if (!present) return 'is missing.';
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}.`;
  if (issue.code !== 'invalid_type') return `${issue.message}.`;
  if (issue.expected === 'string') return 'must be text; put a number in quotes.';
  return `must be ${typeNames[issue.expected] ?? issue.expected}.`;
}

const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a group of keys',
  int: 'a whole number',
  number: 'a whole number',
  boolean: 'true or false',
};
