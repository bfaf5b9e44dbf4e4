import { existsSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Query, type Reader, runSync } from '../sql.ts';
import { recordStatement } from '../statement-errors.ts';
import { openingError, refuseForeign } from './sqlite-connect.ts';
import { toStoreError } from './sqlite-errors.ts';
import { logPathOf } from './sqlite-files.ts';
import { refuseMissingLog } from './sqlite-mark.ts';
import { readSchemaVersion } from './sqlite-schema.ts';
import { createStatementCache, selectRows } from './sqlite-statements.ts';

/**
 * Opens a huizhi database file to read it. The file and its log stay as they are, even after a crash of the process
 * that wrote them: SQLite reads the log, but does not copy it to the file.
 *
 * @throws StoreError `locked` if another process has the file open; `unavailable` if it cannot be read, has no huizhi
 *   tables, or has lost its write-ahead log
 */
export function openSqliteReader(path: string): Reader {
  const removeTraces = noteFiles(path);
  const db = open(path, removeTraces);
  const prepare = createStatementCache(db);
  const runQuery = (query: Query) => {
    try {
      return selectRows(prepare(query.statement), query);
    } catch (error) {
      throw toStoreError(recordStatement(error, query.statement), `the database ${path} cannot be read`);
    }
  };
  return {
    engine: 'sqlite',
    one: (statement, ...params) => runQuery({ statement, params, one: true })[0] as never,
    rows: (statement, ...params) => runQuery({ statement, params, one: false }) as never,
    snapshot: (body) => runSync(body(), runQuery),
    version: () => readSchemaVersion(db),
    async close() {
      db.close();
      removeTraces();
    },
  };
}

function open(path: string, removeTraces: () => void): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(resolve(path), { readOnly: true, enableForeignKeyConstraints: false });
    // Enough for the pages of one table and of the tables that it refers to.
    db.exec('pragma cache_size = -64000; pragma temp_store = memory;');
    refuseForeign(db, path);
    refuseMissingLog(db, path);
    return db;
  } catch (error) {
    db?.close();
    removeTraces();
    throw openingError(error, path);
  }
}

/** Returns a function that removes the empty log and the index of the log that SQLite creates to read a file. */
function noteFiles(path: string): () => void {
  const log = logPathOf(path);
  const created = [log, `${log.slice(0, -'-wal'.length)}-shm`].filter((file) => !existsSync(file));
  return () => {
    for (const file of created) {
      const isEmptyLog = file === log && statSync(file, { throwIfNoEntry: false })?.size === 0;
      if (file !== log || isEmptyLog) rmSync(file, { force: true });
    }
  };
}
