/** The proxies of deploy/, started as they are, except for ports, certificate and name. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { vi } from 'vitest';
import { createRunCertificates } from '../../../src/proxy/certificates.ts';
import { programPath } from '../../support/debian.ts';
import { root } from '../../support/pages.ts';

/** A running proxy. */
export type ReverseProxy = {
  readonly port: number;
  /** The port that redirects to the other. */
  readonly plainPort: number;
  /** The certificate of the authority that its clients have to trust. */
  readonly ca: string;
  stop(): Promise<void>;
};

/** An address of this machine that the proxies of these tests do not count as inside the network. */
export const outside = '127.0.0.9';

/** Starts a proxy on a port, in front of servers on two others. */
type Start = (port: number, upstreams: readonly number[]) => Promise<ReverseProxy>;

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Replaces all parts of a text. Throws an error if one is missing, which would leave the file untested. */
function replaceAll(text: string, changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`there is no ${from} in ${changed}`);
    return changed.replaceAll(from, to);
  }, text);
}

/** The ranges of the console without those addresses of the loopback network that play callers from outside. */
const loopbackOnly = ['127.0.0.0/8', '127.0.0.1'] as const;

type Program = { readonly name: string; readonly args: readonly string[]; readonly env?: NodeJS.ProcessEnv };

/** Runs a proxy until `stop`, and waits until it has a certificate for the port. */
async function run(
  folder: string,
  port: number,
  { name, args, env = {} }: Program,
): Promise<Pick<ReverseProxy, 'stop'>> {
  const child = spawn(programPath(name) ?? name, args, {
    cwd: folder,
    env: { ...process.env, HOME: folder, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  await vi.waitFor(() => connectOnce(port, child, () => log), { timeout: 20_000 });
  return {
    async stop() {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      // Caddy would wait for connections that clients keep open.
      child.kill(name === 'caddy' ? 'SIGKILL' : 'SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function connectOnce(port: number, child: ChildProcess, log: () => string): Promise<void> {
  if (child.exitCode !== null) throw new Error(`the proxy ended with ${child.exitCode}: ${log()}`);
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  socket.destroy();
}

/** Everything outside of the file of deploy/ that nginx needs. */
const nginxFrame = (folder: string) => `
daemon off;
pid ${folder}/nginx.pid;
error_log stderr warn;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  include ${folder}/huizhi.conf;
}
`;

export const startNginx: Start = async (port, upstreams) => {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-nginx-'));
  const plainPort = await freePort();
  const { authority, cert, key } = createRunCertificates({
    hosts: ['localhost'],
    domains: ['localhost'],
    addresses: ['127.0.0.1'],
  });
  writeFileSync(join(folder, 'fullchain.pem'), cert);
  writeFileSync(join(folder, 'privkey.pem'), key);
  const file = readFileSync(join(root, 'deploy', 'nginx', 'huizhi.conf'), 'utf8');
  const changed = replaceAll(file, [
    ['listen 80;', `listen 127.0.0.1:${plainPort};`],
    ['listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`],
    ['    listen [::]:80;\n', ''],
    ['    listen [::]:443 ssl http2;\n', ''],
    ['receipts.example.com', 'localhost'],
    ['/etc/nginx/tls/', `${folder}/`],
    ['server 127.0.0.1:8720;', `server 127.0.0.1:${upstreams[0]};`],
    ['server 127.0.0.1:8721;', `server 127.0.0.1:${upstreams[1]};`],
    loopbackOnly,
  ]);
  writeFileSync(join(folder, 'huizhi.conf'), changed);
  writeFileSync(join(folder, 'nginx.conf'), nginxFrame(folder));
  const { stop } = await run(folder, port, { name: 'nginx', args: ['-p', folder, '-c', join(folder, 'nginx.conf')] });
  return { port, plainPort, ca: authority, stop };
};

export const startCaddy: Start = async (port, upstreams) => {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-caddy-'));
  const plainPort = await freePort();
  const file = readFileSync(join(root, 'deploy', 'caddy', 'Caddyfile'), 'utf8');
  // The certificate is by an authority that Caddy creates for names of this machine.
  const frame = `{
	admin off
	skip_install_trust
	http_port ${plainPort}
	https_port ${port}
}
`;
  writeFileSync(join(folder, 'Caddyfile'), frame + replaceAll(file, [loopbackOnly]));
  const data = join(folder, 'data');
  mkdirSync(data);
  const { stop } = await run(folder, port, {
    name: 'caddy',
    args: ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
    env: {
      XDG_DATA_HOME: data,
      XDG_CONFIG_HOME: data,
      HUIZHI_DOMAIN: 'localhost',
      HUIZHI_UPSTREAMS: upstreams.map((upstream) => `127.0.0.1:${upstream}`).join(' '),
    },
  });
  const certificate = join(data, 'caddy', 'pki', 'authorities', 'local', 'root.crt');
  return { port, plainPort, ca: readFileSync(certificate, 'utf8'), stop };
};
