/**
 * Loaded into a process before huizhi (`--import`): counts its statements on SQLite and kills the process before the
 * one with the number HUIZHI_TEST_KILL_AT, or else writes the count into the file HUIZHI_TEST_COUNT when the process
 * exits.
 */
import { writeFileSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, StatementSync } from 'node:sqlite';

const at = Number(process.env.HUIZHI_TEST_KILL_AT);
let count = 0;

function step(): void {
  count++;
  if (count === at) process.kill(process.pid, 'SIGKILL');
}

const { exec, prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (text) {
  for (const statement of statementsOf(this, text)) {
    step();
    exec.call(this, statement);
  }
};
for (const name of ['all', 'get', 'run'] as const) {
  const original = StatementSync.prototype[name] as (...values: SQLInputValue[]) => unknown;
  const counted = function (this: StatementSync, ...values: SQLInputValue[]) {
    step();
    return original.apply(this, values);
  };
  Object.assign(StatementSync.prototype, { [name]: counted });
}
process.on('exit', () => writeFileSync(process.env.HUIZHI_TEST_COUNT ?? '/dev/null', String(count)));

/** Splits a text into statements: a semicolon ends one if the text before it is complete. */
function* statementsOf(db: DatabaseSync, text: string): Generator<string> {
  let statement = '';
  for (const piece of text.replaceAll(/--.*$/gm, '').split(';')) {
    statement += piece;
    if (isIncomplete(db, statement)) statement += ';';
    else {
      if (statement.trim() !== '') yield statement;
      statement = '';
    }
  }
}

function isIncomplete(db: DatabaseSync, text: string): boolean {
  try {
    prepare.call(db, text);
    return false;
  } catch (error) {
    return /incomplete input/.test(String(error));
  }
}
