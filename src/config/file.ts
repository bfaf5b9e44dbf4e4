import { readFileSync } from 'node:fs';
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { didYouMean } from '../wire/did-you-mean.ts';
import { escapeControls } from '../wire/text.ts';
import { checkSetup } from './file-checks.ts';
import { fileShape, knownKeys } from './file-shape.ts';
import type { Finding, Setup } from './setup.ts';
import { UsageError } from './values.ts';

/** A read configuration file: its options as text, what it sets up, and how to complain about a place in it. */
export type SetupFile = {
  /** By option name: the text, and `huizhi.yaml:3: port` to name it in a complaint. */
  readonly options: ReadonlyMap<string, { readonly text: string; readonly source: string }>;
  readonly setup: Setup | undefined;
  refuse(findings: readonly Finding[]): never;
};

/**
 * Reads a configuration file, huizhi.yaml as a rule. Throws a UsageError that names file, line and key of everything that is wrong.
 */
export function readSetupFile(path: string): SetupFile {
  return parseSetupFile(textOf(path), path);
}

function textOf(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (cause) {
    throw new UsageError(`${path}: ${unreadable(cause)}`, { cause });
  }
}

function unreadable(cause: unknown): string {
  const reason = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (reason === 'ENOENT') return 'there is no such file.';
  if (reason === 'EISDIR') return 'this is a folder, not a file.';
  if (reason === 'EACCES') return 'no permission to read it.';
  return reason === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8 text.' : `it cannot be read (${reason}).`;
}

/** The same for a text that is already there; `name` is what complaints call it. */
export function parseSetupFile(text: string, name: string): SetupFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (path: Finding['path']) => `${name}:${lines.linePos(offsetOf(document, path)).line}`;
  const refuse = (findings: readonly Finding[]): never => {
    throw new UsageError(
      findings.map((one) => escapeControls(`${at(one.path)}: ${spelled(one.path)}${one.what}`)).join('\n'),
    );
  };
  refuseBadYaml(document, name);
  const parsed = fileShape.safeParse(document.toJS() ?? {});
  if (!parsed.success) return refuse(parsed.error.issues.flatMap((issue) => findingsOf(issue, document)));
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

/** `robots[0].appKey: ` */
function spelled(path: Finding['path']): string {
  const keys = path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`));
  return keys.length === 0 ? '' : `${keys.join('')}: `;
}

/** Where the key of a path stands in the text; of a missing one, where its parent stands. */
function offsetOf(document: Document.Parsed, path: Finding['path']): number {
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

function findingsOf(issue: z.core.$ZodIssue, document: Document.Parsed): Finding[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code !== 'unrecognized_keys') return [{ path, what: sentence(issue, document.hasIn(path)) }];
  return issue.keys.map((key) => ({ path: [...path, key], what: `unknown key.${didYouMean(key, knownKeys(path))}` }));
}

function sentence(issue: z.core.$ZodIssue, present: boolean): string {
  if (!present) return 'is missing.';
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}.`;
  if (issue.code !== 'invalid_type') return `${issue.message}.`;
  if (issue.expected === 'string') return 'must be text; put a number in quotes.';
  return `must be ${expected[issue.expected] ?? issue.expected}.`;
}

const expected: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a group of keys',
  int: 'a whole number',
  number: 'a whole number',
  boolean: 'true or false',
};
