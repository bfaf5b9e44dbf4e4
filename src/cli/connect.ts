import { type Client, type ClientEvent, type Credentials, createClient } from '../client/index.ts';
import { UsageError } from '../config/options.ts';
import type { Access } from '../config/read-client.ts';
import { askHidden } from './input.ts';
import { report } from './output.ts';

/** The client of a command, for whoever the options say it is; a secret that is missing is asked for on a terminal. */
export async function connect(access: Access, on?: (event: ClientEvent) => void): Promise<Client> {
  const { endpoint, timeout, robotCode, warning } = access;
  if (warning) report([warning]);
  const credentials = credentialsOf(access) ?? (await askedFor(access));
  return createClient({
    ...credentials,
    endpoint,
    timeout,
    ...(robotCode === undefined ? {} : { robotCode }),
    ...(on ? { on } : {}),
  });
}

/** What was given as credentials, if it is enough. */
export function credentialsOf({ token, appKey, appSecret, corpId }: Access): Credentials | undefined {
  if (token !== undefined) return { token };
  if (appKey === undefined || appSecret === undefined) return undefined;
  return { appKey, appSecret, ...(corpId === undefined ? {} : { corpId }) };
}

async function askedFor(access: Access): Promise<Credentials> {
  const { appKey } = access;
  const appSecret = appKey === undefined ? undefined : await askHidden(`appSecret of ${appKey}: `);
  const credentials = appSecret ? credentialsOf({ ...access, appSecret }) : undefined;
  if (credentials) return credentials;
  throw new UsageError(
    `No credentials: put ${appKey === undefined ? 'HUIZHI_APP_KEY and ' : ''}HUIZHI_APP_SECRET into the environment, or into a file named by --credentials.`,
  );
}
