import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './process.ts';

/** A stateless third-party server that can be configured to return one response at one path. */
export type Peer = {
  readonly name: string;
  readonly version: string;
  /** Where it comes from: the npm registry, or Maven Central by its group and artifact. */
  readonly from: 'npm' | { readonly maven: string };
  /**
   * Writes its files and returns its command; `installed` is its folder. Each is configured to log nothing and to
   * listen on loopback.
   */
  command(installed: string, what: Answering): readonly string[];
};

/** The response of a peer, and its path. */
export type Answering = {
  readonly port: number;
  /** Without the query. */
  readonly path: string;
  readonly body: string;
  /** An empty folder of its own. */
  readonly folder: string;
};

const host = '127.0.0.1';
const json = { 'content-type': 'application/json; charset=utf-8' };
const node = (installed: string, script: string) => [process.execPath, join(installed, 'node_modules', script)];

function writeFile(folder: string, name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const prism: Peer = {
  name: '@stoplight/prism-cli',
  version: '5.14.2',
  from: 'npm',
  command(installed, { port, path, body, folder }) {
    const content = { 'application/json': { example: JSON.parse(body) as unknown } };
    const file = writeFile(folder, 'openapi.json', {
      openapi: '3.0.3',
      info: { title: 'one answer', version: '1' },
      paths: { [path]: { get: { responses: { 200: { description: 'the answer', content } } } } },
    });
    const quiet = ['--verboseLevel', 'silent'];
    return [
      ...node(installed, '@stoplight/prism-cli/dist/index.js'),
      'mock',
      file,
      '-h',
      host,
      '-p',
      `${port}`,
      ...quiet,
    ];
  },
};

const mockoon: Peer = {
  name: '@mockoon/cli',
  version: '9.9.0',
  from: 'npm',
  command(installed, { port, path, body, folder }) {
    const headers = Object.entries(json).map(([key, value]) => ({ key, value }));
    const answer = { uuid: 'answer', statusCode: 200, headers, body, bodyType: 'INLINE', default: true, rules: [] };
    const route = { uuid: 'route', type: 'http', method: 'get', endpoint: path.slice(1), responses: [answer] };
    const file = writeFile(folder, 'mockoon.json', { uuid: 'one', name: 'one answer', port, routes: [route] });
    const quiet = ['--repair', '--disable-log-to-file', '--disable-admin-api', '--max-transaction-logs', '1'];
    return [...node(installed, '@mockoon/cli/bin/run.js'), 'start', '-d', file, '-l', host, '-p', `${port}`, ...quiet];
  },
};

const jsonServer: Peer = {
  name: 'json-server',
  version: '0.17.4',
  from: 'npm',
  command(installed, { port, path, body, folder }) {
    const file = writeFile(folder, 'db.json', { answer: JSON.parse(body) as unknown });
    const routes = writeFile(folder, 'routes.json', { [`${path}*`]: '/answer' });
    const quiet = ['--quiet', '--read-only', '--no-cors', '--no-gzip'];
    return [
      ...node(installed, 'json-server/lib/cli/bin.js'),
      file,
      '-r',
      routes,
      '-H',
      host,
      '-p',
      `${port}`,
      ...quiet,
    ];
  },
};

const mountebank: Peer = {
  name: 'mountebank',
  version: '2.9.1',
  from: 'npm',
  command(installed, { port, path, body, folder }) {
    const stub = { predicates: [{ equals: { method: 'GET', path } }], responses: [{ is: { headers: json, body } }] };
    const file = writeFile(folder, 'imposters.json', { imposters: [{ protocol: 'http', port, host, stubs: [stub] }] });
    const quiet = ['--noParse', '--nologfile', '--loglevel', 'error', '--pidfile', join(folder, 'mb.pid')];
    // Its own port, which is not used, is the one below.
    const own = ['--host', host, '--port', `${port - 1}`];
    return [...node(installed, 'mountebank/bin/mb'), 'start', '--configfile', file, ...own, ...quiet];
  },
};

const wiremock: Peer = {
  name: 'wiremock',
  version: '3.13.2',
  from: 'npm',
  command(installed, { port, path, body, folder }) {
    mkdirSync(join(folder, 'mappings'));
    const response = { status: 200, headers: json, body };
    writeFile(folder, 'mappings/one.json', { request: { method: 'GET', urlPath: path }, response });
    const jar = join(installed, `node_modules/wiremock/build/wiremock-standalone-${this.version}.jar`);
    const quiet = ['--no-request-journal', '--disable-request-logging', '--disable-banner', '--disable-gzip'];
    return ['java', '-jar', jar, '--port', `${port}`, '--bind-address', host, '--root-dir', folder, ...quiet];
  },
};

const mockServer: Peer = {
  name: 'MockServer',
  version: '5.15.0',
  from: { maven: 'org.mock-server:mockserver-netty-no-dependencies' },
  command(installed, { port, path, body, folder }) {
    const headers = Object.fromEntries(Object.entries(json).map(([name, value]) => [name, [value]]));
    const httpResponse = { statusCode: 200, headers, body };
    const file = writeFile(folder, 'expectations.json', [{ httpRequest: { method: 'GET', path }, httpResponse }]);
    const options = { initializationJsonPath: file, localBoundIP: host, maxLogEntries: 1, metricsEnabled: false };
    const set = Object.entries(options).map(([name, value]) => `-Dmockserver.${name}=${value}`);
    const jar = join(installed, `mockserver-netty-no-dependencies-${this.version}.jar`);
    return ['java', ...set, '-jar', jar, '-serverPort', `${port}`, '-logLevel', 'OFF'];
  },
};

/** In the order of the report. */
export const peers: readonly Peer[] = [prism, mockoon, jsonServer, mountebank, wiremock, mockServer];

/**
 * Installs a peer into a folder below `folder`, unless it is there; returns that folder. Throws if it cannot be
 * downloaded.
 */
export async function install({ name, version, from }: Peer, folder: string): Promise<string> {
  const to = join(folder, 'peers', `${name.replaceAll(/\W/g, '-')}-${version}`);
  if (existsSync(join(to, 'installed'))) return to;
  mkdirSync(to, { recursive: true });
  if (from === 'npm') await npm(to, `${name}@${version}`);
  else
    await run(
      'mvn',
      ['-q', '-B', 'dependency:copy', `-Dartifact=${from.maven}:${version}`, `-DoutputDirectory=${to}`],
      to,
    );
  writeFileSync(join(to, 'installed'), '');
  return to;
}

/** A package.json in the folder keeps npm from using one further up. */
async function npm(to: string, what: string): Promise<void> {
  writeFileSync(join(to, 'package.json'), '{ "private": true }');
  await run(
    'npm',
    ['install', '--prefix', to, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error', what],
    to,
  );
}
