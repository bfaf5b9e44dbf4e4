/**
 * Writes the latest schema of SQLite into dist/, so that an empty database need not run all migrations: as an image for
 * databases in memory, and as a script for files and for versions of Node that cannot load an image.
 */
import { writeFileSync } from 'node:fs';
import { connect } from '../src/store/engine/sqlite/sqlite-connect.ts';
import { builtSchema, renderFresh } from '../src/store/engine/sqlite/sqlite-fresh.ts';
import { migrateSqlite } from '../src/store/engine/sqlite/sqlite-schema.ts';
import { migrations } from '../src/store/migrations/index.ts';

/** `root` is the folder of the package, with a slash at its end. */
export function writeSchema(root: string): void {
  const db = connect(':memory:');
  migrateSqlite(db, migrations);
  const { image, script } = renderFresh(db);
  db.close();
  writeFileSync(`${root}dist/${builtSchema.image}`, image);
  writeFileSync(`${root}dist/${builtSchema.script}`, script);
}
