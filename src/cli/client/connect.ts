import { type Client, type ClientEvent, type Credentials, createClient } from '../../client/index.ts';
import { UsageError } from '../../config/options.ts';
import type { Access } from '../../config/read-client.ts';
import { promptHidden } from '../input.ts';
import { report } from '../output.ts';

/**
 * Creates the client of a command from its options. If only the appSecret is missing, prompts for it on the terminal;
 * throws a UsageError if the credentials are still incomplete.
 */
export async function connect(access: Access, on?: (event: ClientEvent) => void): Promise<Client> {
  return open(access, selectCredentials(access) ?? (await promptForSecret(access)), on);
}

/** Like `connect`, without a prompt: for a command that reads something else on standard input. */
export function connectWithoutPrompt(access: Access): Client {
  return open(access, selectCredentials(access) ?? refuseCredentials(access));
}

function open(access: Access, credentials: Credentials, on?: (event: ClientEvent) => void): Client {
  const { endpoint, timeout, robotCode, warning } = access;
  if (warning) report([warning]);
  return createClient({
    ...credentials,
    endpoint,
    timeout,
    ...(robotCode === undefined ? {} : { robotCode }),
    ...(on ? { on } : {}),
  });
}

/** Returns the credentials in the options, or undefined if they are incomplete. */
export function selectCredentials({ token, appKey, appSecret, corpId }: Access): Credentials | undefined {
  if (token !== undefined) return { token };
  if (appKey === undefined || appSecret === undefined) return undefined;
  return { appKey, appSecret, ...(corpId === undefined ? {} : { corpId }) };
}

async function promptForSecret(access: Access): Promise<Credentials> {
  const { appKey } = access;
  const appSecret = appKey === undefined ? undefined : await promptHidden(`appSecret of ${appKey}: `);
  const credentials = appSecret ? selectCredentials({ ...access, appSecret }) : undefined;
  return credentials ?? refuseCredentials(access);
}

function refuseCredentials({ appKey }: Access): never {
  throw new UsageError(
    `No credentials: set ${appKey === undefined ? 'HUIZHI_APP_KEY and ' : ''}HUIZHI_APP_SECRET in the environment, or in a file named with --credentials.`,
  );
}
