import { andThen, type Driver, type Eventually, type Row, type Work } from './sql.ts';

/** Records the statements of a trace. */
export type StatementTrace = {
  /** Returns the span in which this runs; undefined outside of one, or if its trace is not recorded. */
  current(): object | undefined;
  /** Records a statement of a span, which has begun at `started` (`performance.now()`) and ends now. */
  statement(parent: object, name: string, started: number, rows: number): void;
};

/**
 * Wraps a driver so that each statement in a traced span is recorded by its name, without its values. Statements of a
 * batch belong to the span that has begun the batch. Statements outside of a span, such as heartbeats, are not recorded.
 */
export function traceDriver(driver: Driver, trace: StatementTrace): Driver {
  const wrap = <T>(body: () => Work<T>): (() => Work<T>) => {
    const parent = trace.current();
    return parent === undefined ? body : () => recordEach(body(), parent, trace);
  };
  const record = <T>(name: string, run: () => Eventually<T>): Eventually<T> => {
    const parent = trace.current();
    if (parent === undefined) return run();
    const started = performance.now();
    return andThen(run(), (result) => {
      trace.statement(parent, name, started, Array.isArray(result) ? result.length : 1);
      return result;
    });
  };
  return {
    ...driver,
    one: (statement, ...params) => record(statement.name, () => driver.one(statement, ...params)),
    rows: (statement, ...params) => record(statement.name, () => driver.rows(statement, ...params)),
    read: (body) => driver.read(wrap(body)),
    snapshot: (body) => driver.snapshot(wrap(body)),
    write: (body) => driver.write(wrap(body)),
    writeLazily: (body) => driver.writeLazily(wrap(body)),
  };
}

/**
 * Passes the queries of a body on, and records each that has succeeded; drivers do not resume a body after a failure. A
 * pipelined query ends when it was sent.
 */
function* recordEach<T>(work: Work<T>, parent: object, trace: StatementTrace): Work<T> {
  let step = work.next();
  while (!step.done) {
    const { name } = step.value.statement;
    const started = performance.now();
    const rows: readonly Row[] | undefined = yield step.value;
    trace.statement(parent, name, started, rows?.length ?? 0);
    step = work.next(rows ?? []);
  }
  return step.value;
}
