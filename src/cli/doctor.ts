import type { Config } from '../config/options.ts';
import type { ClientConfig } from '../config/read-client.ts';
import {
  checkConfiguration,
  checkCredentials,
  checkDatabase,
  checkDatabaseClock,
  checkEndpoint,
  checkPort,
  type Finding,
} from './doctor-checks.ts';
import { tame } from './table.ts';

/** `huizhi doctor`: looks at everything, says what to do about each finding; 1 if something is wrong. */
export async function doctor(readServer: () => Promise<Config>, client: ClientConfig): Promise<number> {
  const { access, json } = client;
  let wrong = 0;
  const tell = (findings: readonly Finding[]) => {
    wrong += findings.filter(({ state }) => state === 'wrong').length;
    process.stdout.write(findings.map((finding) => (json ? `${JSON.stringify(finding)}\n` : lines(finding))).join(''));
  };
  if (access.warning)
    tell([{ check: 'credentials', state: 'note', found: 'the file is open to others', advice: access.warning }]);
  const { config, finding } = await checkConfiguration(readServer);
  tell([finding]);
  if (config) tell([await checkDatabase(config), ...(await checkDatabaseClock(config)), await checkPort(config)]);
  const endpoint = await checkEndpoint(access);
  tell(endpoint);
  if (endpoint.every(({ check, state }) => check !== 'endpoint' || state === 'ok'))
    tell(await checkCredentials(access));
  return wrong > 0 ? 1 : 0;
}

function lines({ check, state, found, advice }: Finding): string {
  const sentence = tame(found).replace(/\.$/, '');
  return `${state.padEnd(6)} ${check.padEnd(14)} ${sentence}.\n${advice ? `${' '.repeat(22)}${advice}\n` : ''}`;
}
