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
import { print, printJson } from './output.ts';

/** `huizhi doctor`: looks at everything, says what to do about each finding; 1 if something is wrong. */
export async function doctor(readServer: () => Promise<Config>, client: ClientConfig): Promise<number> {
  const { access, json } = client;
  let wrong = 0;
  const tell = (findings: readonly Finding[]) => {
    wrong += findings.filter(({ state }) => state === 'wrong').length;
    if (json) printJson(findings);
    else print(findings.flatMap(lines));
  };
  if (access.warning)
    tell([{ check: 'credentials', state: 'note', found: 'the file is open to others', advice: access.warning }]);
  const { config, finding } = await checkConfiguration(readServer);
  tell([finding]);
  const port = config && (await checkPort(config));
  if (config && port) tell([await checkDatabase(config), ...(await checkDatabaseClock(config)), port.finding]);
  // Where no endpoint is named, the server that was just found is the one that is meant.
  const found = access.isEndpointGiven ? undefined : port?.url;
  const asked = found === undefined ? access : { ...access, endpoint: found };
  const endpoint = await checkEndpoint(asked);
  tell(endpoint);
  if (endpoint.every(({ check, state }) => check !== 'endpoint' || state === 'ok')) tell(await checkCredentials(asked));
  return wrong > 0 ? 1 : 0;
}

function lines({ check, state, found, advice }: Finding): readonly string[] {
  const [first = '', ...more] = `${found.replace(/\.$/, '')}.`.split('\n');
  const below = [...more, ...(advice ? [advice] : [])].map((line) => ' '.repeat(22) + line);
  return [`${state.padEnd(6)} ${check.padEnd(14)} ${first}`, ...below];
}
