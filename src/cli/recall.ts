import { adviceOn } from './advice.ts';
import { connect } from './connect.ts';
import type { ClientRun } from './run-client.ts';
import { keysOf } from './status.ts';
import { table, tame } from './table.ts';

/** `huizhi recall`: 0 when every message was recalled, now or before; 1 otherwise. */
export const recall: ClientRun = async (config) => {
  const keys = await keysOf(config);
  const client = await connect(config.access);
  const { recalled, failed } = await client.recall(keys);
  const lines = config.json
    ? [
        ...recalled.map((key) => ({ processQueryKey: key, recalled: true })),
        ...failed.map((one) => ({ ...one, recalled: false })),
      ].map((one) => JSON.stringify(one))
    : table([
        ...recalled.map((key) => [key, 'recalled']),
        ...failed.map((one) => [one.processQueryKey, tame(one.code)]),
      ]);
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  for (const code of new Set(failed.map((one) => one.code)))
    process.stderr.write(`${tame(code)}: ${adviceOn({ code }, config.access)}\n`);
  return failed.length > 0 ? 1 : 0;
};
