/** The parsed address of a PostgreSQL database. */
export type Address = {
  readonly user: string | undefined;
  readonly password: string | undefined;
  /**
   * The servers in the order in which they are tried, or the folder of a Unix socket; empty for the client's default.
   */
  readonly hosts: readonly { readonly host: string; readonly port: number | undefined }[];
  readonly database: string | undefined;
  /** The settings of the query string, such as `sslmode=require`. */
  readonly settings: readonly (readonly [name: string, value: string])[];
};

/** The part of an address after the credentials: hosts, database and settings. */
const locationPattern = /^([^@/?#]*)(?:\/([^@/?#]*))?(?:\?((?:[\w.]+=[^&#]*(?:&|$))*))?$/;

/**
 * Parses `postgres://user:password@host:port,host:port/database?setting=value`. A password may contain any character,
 * including an unencoded `@`, `/` or `?`: it ends at the first `@` after which the rest is valid. Returns undefined if
 * the text is not a valid address.
 */
export function parseAddress(text: string): Address | undefined {
  const rest = /^postgres(?:ql)?:\/\/(.*)$/is.exec(text)?.[1];
  if (rest === undefined) return undefined;
  for (let at = rest.indexOf('@'); at !== -1; at = rest.indexOf('@', at + 1)) {
    const found = locationPattern.exec(rest.slice(at + 1));
    if (found) return toAddress(rest.slice(0, at), found);
  }
  const found = locationPattern.exec(rest);
  return found ? toAddress('', found) : undefined;
}

function toAddress(who: string, [, hosts = '', database = '', query = '']: RegExpExecArray): Address {
  const colon = who.indexOf(':');
  const settings = query.split('&').filter(Boolean).map(parseSetting);
  const named = settings.find(([name]) => name === 'host')?.[1] ?? hosts;
  const port = settings.find(([name]) => name === 'port')?.[1];
  return {
    user: decode(colon === -1 ? who : who.slice(0, colon)),
    password: colon === -1 ? undefined : decode(who.slice(colon + 1)),
    hosts: named
      .split(',')
      .filter(Boolean)
      .map((host) => parseHost(host, port)),
    database: decode(database),
    settings: settings.filter(([name]) => name !== 'host' && name !== 'port'),
  };
}

function parseSetting(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=');
  return [pair.slice(0, equals), decode(pair.slice(equals + 1)) ?? ''];
}

/** Parses `host` or `host:port`. An IPv6 address is in brackets. `otherwise` is the default port. */
function parseHost(
  text: string,
  otherwise: string | undefined,
): { readonly host: string; readonly port: number | undefined } {
  const [, host = text, port = otherwise] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [];
  return { host: decode(host.replace(/^\[|\]$/g, '')) ?? '', port: port === undefined ? undefined : Number(port) };
}

/** Decodes percent-encoding, if it is valid. Returns undefined for an empty text. */
function decode(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Converts an address to the options of postgres.js: a URL with everything but the servers, and the servers apart.
 * Without servers, PGHOST of the environment applies, as in other clients.
 *
 * @param server the index of the only server to use; all servers if undefined
 */
export function toClientOptions(
  address: Address,
  server?: number,
): { readonly url: string; readonly servers: Servers } {
  const { user, password, hosts, database, settings } = address;
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`;
  const who = user === undefined && password === undefined ? '' : `${encodeURIComponent(user ?? '')}${secret}@`;
  const query = requirePrimary(settings, hosts.length > 1)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const url = `postgres://${who}localhost/${encodeURIComponent(database ?? '')}${query && `?${query}`}`;
  const chosen = server === undefined ? hosts : hosts.slice(server, server + 1);
  return { url, servers: toServers(chosen) };
}

/**
 * Requires the primary if there are several servers. `read-write` becomes `primary`, because postgres.js accepts a
 * standby for `read-write`: it only checks `default_transaction_read_only`.
 */
function requirePrimary(settings: Address['settings'], isChoice: boolean): Address['settings'] {
  const name = 'target_session_attrs';
  const given = settings.find(([setting]) => setting === name)?.[1] ?? (isChoice ? 'primary' : undefined);
  if (given !== 'read-write' && given !== 'primary') return settings;
  return [...settings.filter(([setting]) => setting !== name), [name, 'primary']];
}

/** The server options as postgres.js declares them. It also accepts a list of each. */
type Servers = { readonly host?: string; readonly port?: number };

const usualPort = 5432;

function toServers(hosts: Address['hosts']): Servers {
  const [first] = hosts;
  if (!first) return process.env.PGHOST === undefined ? {} : { host: process.env.PGHOST };
  // The folder of a Unix socket.
  if (first.host.startsWith('/')) return { host: first.host, port: first.port ?? usualPort };
  const lists = { host: hosts.map(({ host }) => host), port: hosts.map(({ port = usualPort }) => port) };
  return lists as unknown as Servers;
}

/** Renders the servers and the database of an address, without credentials and settings: `h1:5432,h2/name`. */
export function renderLocation(text: string): string {
  const address = parseAddress(text);
  if (!address) return 'of an address that cannot be read';
  const hosts = address.hosts.map(({ host, port }) => {
    const name = host.includes(':') ? `[${host}]` : host;
    return port === undefined ? name : `${name}:${port}`;
  });
  return `${hosts.join(',')}/${address.database ?? ''}`;
}

/** Settings whose value is a secret. */
const secretSettings = ['password', 'sslpassword'];

/** Renders a `--database` value without its password. Of an address that cannot be parsed, only the scheme is shown. */
export function redactDatabase(database: string): string {
  if (!/^postgres(ql)?:\/\//i.test(database)) return database;
  const address = parseAddress(database);
  if (!address) return 'postgres://***';
  const { user, password, settings } = address;
  const who =
    user === undefined && password === undefined ? '' : `${user ?? ''}${password === undefined ? '' : ':***'}@`;
  const shown = settings.map(([name, value]) => `${name}=${secretSettings.includes(name) ? '***' : value}`);
  return `postgres://${who}${renderLocation(database)}${shown.length > 0 ? `?${shown.join('&')}` : ''}`;
}
