import { cpus, totalmem } from 'node:os';
import type { Settings } from './options.ts';
import type { Result } from './run.ts';

/** A percentile of the recoveries of a kind, by the nearest rank. */
function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

const recoveryOf = ({ recoveries }: Result) => ({
  p50: percentile(recoveries, 0.5),
  p99: percentile(recoveries, 0.99),
  max: percentile(recoveries, 1),
});

/** Whether a run has passed: no findings, and no recovery over the limit. */
export function isGood(results: readonly Result[], { maxRecovery = Number.POSITIVE_INFINITY }: Settings): boolean {
  const isBad = (result: Result) => result.findings.length > 0 || result.failed !== undefined;
  return results.every((result) => !isBad(result) && (recoveryOf(result).p99 ?? 0) <= maxRecovery);
}

const columns = [
  ...['engine', 'fault', 'faults', 'acknowledged', 'unacknowledged', 'lost', 'doubled', 'stuck', 'partial'],
  ...['p50 ms', 'p99 ms', 'max ms'],
];

/** Renders the report as a Markdown table, with findings and skipped kinds below it. */
export function renderTable(results: readonly Result[]): string {
  const rows = [columns, ...results.map(rowOf)];
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => padded(cell, i, widths[i] ?? 0)).join(' | ')} |\n`;
  const [head = '', ...body] = rows.map(line);
  const rule = `| ${widths.map((width, i) => (i < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |\n`;
  return [head, rule, ...body, ...results.flatMap(notesOf)].join('');
}

const padded = (cell: string, column: number, width: number) =>
  column < 2 ? cell.padEnd(width) : cell.padStart(width);

function rowOf(result: Result): readonly string[] {
  const { engine, kind, faults, acknowledged, unacknowledged, wrong } = result;
  const { sends, reads, recalls, changes } = acknowledged;
  const { p50, p99, max } = recoveryOf(result);
  const times = [p50, p99, max].map((ms) => (ms === undefined ? '–' : String(Math.round(ms))));
  const counts = [faults, sends + reads + recalls + changes, unacknowledged];
  return [
    ...[engine, kind, ...counts.map(String)],
    ...[wrong.lost, wrong.doubled, wrong.stuck, wrong.partial].map(String),
    ...times,
  ];
}

function notesOf({ engine, kind, findings, skipped, failed }: Result): readonly string[] {
  const notes = findings.map(({ wrong, what, fault }) => `${wrong}: ${what}\n  after ${fault}`);
  if (failed !== undefined) notes.push(`the suite failed: ${failed}`);
  if (skipped !== undefined) notes.push(`skipped: ${skipped}`);
  return notes.map((note) => `\n${engine} ${kind}: ${note}\n`);
}

/** Renders the report as JSON, with the settings and the machine. */
export function renderJson(results: readonly Result[], settings: Settings): string {
  const [processor] = cpus();
  const machine = { processors: cpus().length, model: processor?.model, gigabytes: Math.round(totalmem() / 2 ** 30) };
  const all = results.map((result) => ({ ...result, recovery: recoveryOf(result) }));
  return `${JSON.stringify({ settings, machine, node: process.version, results: all }, null, 2)}\n`;
}
