import { ApiError } from '../../client/errors.ts';
import { print, printJson, report } from '../output.ts';
import { renderTable } from '../table.ts';
import type { Session } from './session.ts';
import { formatMember, printObject } from './show.ts';

/** A change of one object. */
export type Change = {
  /** What is done, as in `added` and `would have added`. */
  readonly done: string;
  /** The object, such as `user alice of dingx`. */
  readonly object: string;
  /** Reads what the object refers to, such as its organization; rejects with an ApiError if there is none. */
  readonly within?: () => Promise<unknown>;
  /** Reads the object as it is; rejects with an ApiError if there is none. */
  readonly current?: () => Promise<object>;
  /** Reads the object that must not exist yet. */
  readonly taken?: () => Promise<object>;
  /** The members that are set. */
  readonly body?: object;
  readonly run: () => Promise<object>;
};

/**
 * Makes a change, and prints the object after it. With `--dry-run`, only checks that the object exists, or does not
 * exist yet, and that what it refers to exists, and prints the members that would change. Returns 0, or 1 if the object
 * to add exists.
 */
export async function makeChange(session: Session, change: Change): Promise<number> {
  if (session.dryRun) return describeChange(session, change);
  const result = await change.run();
  if (Object.keys(result).length > 0) printObject(session, result);
  else if (session.json) printJson([{ done: change.done, object: change.object }]);
  report([`${capitalize(change.done)} ${change.object}.`]);
  return 0;
}

/** Notes that a change has printed a secret, if it has. `shown` is its subject with the verb. Returns the exit code. */
export function noteSecret({ dryRun }: Session, code: number, shown: string): number {
  if (code === 0 && !dryRun) report([`${shown} shown only once; store it safely.`]);
  return code;
}

const capitalize = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

async function describeChange({ json }: Session, change: Change): Promise<number> {
  const { done, object, within, current, taken, body = {} } = change;
  await within?.();
  if (taken && (await exists(taken))) {
    report([`There is already ${object}: change it with update, or choose another code.`]);
    return 1;
  }
  const before = (await current?.()) ?? {};
  const rows = Object.entries(body).map(([name, value]) => {
    const was = Reflect.get(before, name);
    return { name, before: was ?? null, after: value ?? null };
  });
  if (json) printJson([{ dryRun: true, done, object, changes: rows }]);
  else if (rows.length > 0) print(renderTable([['member', 'now', 'then'], ...rows.map(renderRow)]));
  report([`Would have ${done} ${object}; nothing was changed.`]);
  return 0;
}

type Row = { readonly name: string; readonly before: unknown; readonly after: unknown };

const renderRow = ({ name, before, after }: Row) => [name, formatMember(name, before), formatMember(name, after)];

async function exists(read: () => Promise<object>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'huizhi.notFound') return false;
    throw error;
  }
}
