import { adviseOn } from '../advice.ts';
import type { ClientRun } from '../command.ts';
import { print, printJson, report } from '../output.ts';
import { renderTable } from '../table.ts';
import { connect } from './connect.ts';
import { readKeys } from './status.ts';

/** `huizhi recall`: recalls messages. Returns 0 if every message is recalled, now or earlier, else 1. */
export const recall: ClientRun = async (config) => {
  const keys = await readKeys(config);
  const client = await connect(config.access);
  const { group } = config;
  const { recalled, failed } = await (group === undefined ? client.recall(keys) : client.recallFromGroup(group, keys));
  if (config.json) {
    printJson([
      ...recalled.map((key) => ({ processQueryKey: key, recalled: true })),
      ...failed.map((one) => ({ ...one, recalled: false })),
    ]);
  } else {
    const rows = [...recalled.map((key) => [key, 'recalled']), ...failed.map((one) => [one.processQueryKey, one.code])];
    print(renderTable(rows));
  }
  report([...new Set(failed.map((one) => one.code))].map((code) => `${code}: ${adviseOn({ code }, config.access)}`));
  return failed.length > 0 ? 1 : 0;
};
