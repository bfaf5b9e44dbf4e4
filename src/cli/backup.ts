import {
  type BackupProgress,
  finishRestored,
  refuseBackupPath,
  restore as restoreDatabase,
  writeBackup,
} from '../backup.ts';
import { type Config, UsageError } from '../config/options.ts';
import { shownDatabase } from '../server.ts';
import { withSource } from './backup-source.ts';
import type { Run } from './command.ts';
import { print, printJson, report, writeBytes } from './output.ts';
import { createProgressBar } from './progress.ts';
import { renderFinding } from './verify.ts';

type Findings = Awaited<ReturnType<typeof writeBackup>>['findings'];

/**
 * `huizhi backup`: copies the database of a file or of a running server to a file, and checks the copy. Returns 1 if the
 * data has problems; then the file is written nevertheless.
 */
export const backup: Run = async (config, _, operands) => {
  const path = readOperand(config, operands);
  if (path !== '-') refuseBackupPath(path, config);
  else if (process.stdout.isTTY)
    throw new UsageError('A backup is not text: name a file, or redirect standard output to a file or a program.');
  return withSource(config, async (source) => {
    if (path === '-') {
      await writeBytes(source.chunks());
      return 0;
    }
    const { bytes, findings } = await withProgress((progress) => writeBackup(source, path, config, progress));
    const text = `Backed up ${source.name} to ${path}: ${formatBytes(bytes)}, ${describeChecks(findings)}.`;
    if (config.json) printJson([{ file: path, bytes, findings }]);
    else
      print([
        text,
        'It contains the secrets of the installation, all messages and all files: keep it as safe as the database.',
      ]);
    return reportProblems(config, findings);
  });
};

/**
 * `huizhi restore`: makes a new database of a backup, or finishes a restore by other tools. Returns 1 if the data has
 * problems; then the database is there.
 */
export const restore: Run = async (config, _, operands) => {
  if (config.finish) return finish(config, operands);
  const path = readOperand(config, operands);
  const content = path === '-' ? process.stdin : path;
  const { from, to, findings } = await withProgress((progress) => restoreDatabase(config, content, progress));
  if (config.json) printJson([{ database: shownDatabase(config.database), from, to, findings }]);
  else print([`Restored ${shownDatabase(config.database)}, and checked it.${describeMigration(from, to)}`]);
  return reportProblems(config, findings);
};

async function finish(config: Config, operands: readonly string[]): Promise<number> {
  if (operands.length > 0) throw new UsageError('--finish needs no backup: --database names the restored database.');
  const { from, to, findings } = await withProgress((progress) => finishRestored(config, progress));
  const database = shownDatabase(config.database);
  if (config.json) printJson([{ database, from, to, findings }]);
  else print([`Moved the numbers of ${database} ahead, and checked it.${describeMigration(from, to)}`]);
  return reportProblems(config, findings);
}

const describeMigration = (from: number, to: number) =>
  from === to ? '' : ` It was migrated from version ${from} to ${to}.`;

function readOperand({ command }: Config, operands: readonly string[]): string {
  const [path] = operands;
  if (path !== undefined && path !== '' && operands.length === 1) return path;
  throw new UsageError(
    `Name one file: huizhi ${command} <file>, or - for standard ${command === 'backup' ? 'output' : 'input'}.`,
  );
}

async function withProgress<T>(work: (progress: BackupProgress) => Promise<T>): Promise<T> {
  const bars = [createProgressBar('copying MiB'), createProgressBar('checking tables')] as const;
  const [copying, checking] = bars;
  try {
    return await work({
      onCopied: (done, total = done) => copying.at(toMebibytes(done), toMebibytes(total)),
      onVerified: checking.at,
    });
  } finally {
    for (const bar of bars) bar.end();
  }
}

const toMebibytes = (bytes: number) => Math.ceil(bytes / 1024 / 1024);

const formatBytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

/** Says what was checked: only the file itself if the data has the schema of another version. */
function describeChecks(findings: Findings): string {
  const schema = findings.find(({ check, state }) => check === 'schema' && state === 'wrong');
  if (!schema) return 'read back and checked';
  return `read back. The file is not damaged; its data was not checked: ${schema.found}`;
}

/**
 * Prints the problems that the checks have found to stderr. An earlier schema is none: a backup before a migration has it.
 */
function reportProblems({ json }: Config, findings: Findings): number {
  const wrong = findings.filter(({ check, state }) => state === 'wrong' && check !== 'schema');
  if (!json) report(wrong.map(renderFinding));
  return wrong.length > 0 ? 1 : 0;
}
