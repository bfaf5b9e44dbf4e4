/** Changes the schema of a database as the next release would: node test/upgrade/next-release.ts <database> */
import { migrations } from '../../src/store/migrations/index.ts';
import { openDriver } from '../../src/store/open.ts';

const step = 'create table of_the_next_release (corp_id bigint not null, primary key (corp_id))';
const driver = await openDriver(process.argv[2] ?? '');
await driver.migrate({
  ...migrations,
  latest: migrations.latest + 1,
  script: (version) => (version > migrations.latest ? step : migrations.script(version)),
});
await driver.close();
