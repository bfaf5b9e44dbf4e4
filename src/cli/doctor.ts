import type { Config } from '../config/options.ts';
import type { ClientConfig } from '../config/read-client.ts';
import {
  checkCertificate,
  checkConfiguration,
  checkCredentials,
  checkDatabase,
  checkDatabaseClock,
  checkEndpoint,
  checkPort,
  type Finding,
} from './doctor-checks.ts';
import { print, printJson } from './output.ts';

/**
 * `huizhi doctor`: runs all checks and prints each finding with what to do about it. Returns 1 if a finding is `wrong`,
 * else 0.
 */
export async function doctor(readServer: () => Promise<Config>, client: ClientConfig): Promise<number> {
  const { access, json } = client;
  let wrong = 0;
  const printFindings = (findings: readonly Finding[]) => {
    wrong += findings.filter(({ state }) => state === 'wrong').length;
    if (json) printJson(findings);
    else print(findings.flatMap(renderFinding));
  };
  if (access.warning)
    printFindings([
      { check: 'credentials', state: 'note', found: 'other users can read the file', advice: access.warning },
    ]);
  const { config, finding } = await checkConfiguration(readServer);
  printFindings([finding]);
  const port = config && (await checkPort(config));
  if (config && port) {
    printFindings([await checkDatabase(config), ...(await checkDatabaseClock(config)), port.finding]);
    printFindings(checkCertificate(config));
  }
  // Without --endpoint, check the server that was just found on the port.
  const found = access.isEndpointGiven ? undefined : port?.url;
  const asked = found === undefined ? access : { ...access, endpoint: found };
  const endpoint = await checkEndpoint(asked);
  printFindings(endpoint);
  if (endpoint.every(({ check, state }) => check !== 'endpoint' || state === 'ok'))
    printFindings(await checkCredentials(asked));
  return wrong > 0 ? 1 : 0;
}

function renderFinding({ check, state, found, advice }: Finding): readonly string[] {
  const [first = '', ...more] = `${found.replace(/\.$/, '')}.`.split('\n');
  const below = [...more, ...(advice ? [advice] : [])].map((line) => ' '.repeat(22) + line);
  return [`${state.padEnd(6)} ${check.padEnd(14)} ${first}`, ...below];
}
