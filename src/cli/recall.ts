import { adviceOn } from './advice.ts';
import type { ClientRun } from './command.ts';
import { connect } from './connect.ts';
import { print, printJson, report } from './output.ts';
import { keysOf } from './status.ts';
import { table } from './table.ts';

/** `huizhi recall`: 0 when every message was recalled, now or before; 1 otherwise. */
export const recall: ClientRun = async (config) => {
  const keys = await keysOf(config);
  const client = await connect(config.access);
  const { recalled, failed } = await client.recall(keys);
  if (config.json) {
    printJson([
      ...recalled.map((key) => ({ processQueryKey: key, recalled: true })),
      ...failed.map((one) => ({ ...one, recalled: false })),
    ]);
  } else {
    const rows = [...recalled.map((key) => [key, 'recalled']), ...failed.map((one) => [one.processQueryKey, one.code])];
    print(table(rows));
  }
  report([...new Set(failed.map((one) => one.code))].map((code) => `${code}: ${adviceOn({ code }, config.access)}`));
  return failed.length > 0 ? 1 : 0;
};
