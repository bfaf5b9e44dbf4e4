/** The server's own TLS: addresses and cookies, limits of connections, and the files of the certificate. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, request } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadTlsPair, type TlsFiles, watchTlsFiles } from '../../../src/http/server/socket/tls.ts';
import { type Limits, start } from '../../../src/server.ts';
import { type TestCertificate, writeCertificate } from '../../support/certificates.ts';
import { startChild } from '../support/child.ts';
import { png } from '../support/files.ts';
import { config, createRecorder, type Fields, fieldsOf, type LogLine, loud } from '../support/harness.ts';
import { fileParts, formOf, formType } from '../support/media.ts';
import { requestText } from '../support/raw.ts';

type Server = {
  readonly url: string;
  readonly port: number;
  readonly log: LogLine[];
  reloadTls(): void;
  close(): Promise<void>;
};

async function startTls({ files }: TestCertificate, limits: Limits = {}): Promise<Server> {
  const { log, lines } = createRecorder();
  const running = await start({ ...config, tls: files }, log, limits);
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= running.close());
  onTestFinished(close);
  return { url: running.url, port: Number(new URL(running.url).port), log: lines, reloadTls: running.reloadTls, close };
}

type Headers = Readonly<Record<string, string>>;
type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Fields };

async function call(ca: string, url: string, body?: object | Buffer, headers: Headers = {}): Promise<Answer> {
  const type = { 'content-type': body instanceof Buffer ? formType : 'application/json' };
  const method = body === undefined ? 'GET' : 'POST';
  const outgoing = request(url, { ca, method, headers: { ...type, ...headers }, agent: false });
  outgoing.end(body instanceof Buffer ? body : body && JSON.stringify(body));
  const [incoming] = await once(outgoing, 'response');
  const received = await text(incoming);
  return { status: incoming.statusCode, headers: incoming.headers, body: fieldsOf(received) };
}

/** A TCP connection on which the client sends nothing. */
async function openSilent({ port }: Server): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** A TLS connection after its handshake, and what it has received. */
async function openSecure(ca: string, { port }: Server): Promise<{ socket: TLSSocket; text(): string }> {
  const socket = connectTls({ port, host: '127.0.0.1', ca }).on('error', () => {});
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  await once(socket, 'secureConnect');
  return { socket, text: () => received };
}

async function fingerprintOf({ port }: { readonly port: number }): Promise<string> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe('a server with a certificate', () => {
  test('gives out https addresses and secure cookies, and no HSTS, which would bind other ports of the host', async () => {
    const certificate = writeCertificate();
    const { authority } = certificate;
    const { url, log } = await startTls(certificate);
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const health = await call(authority, `${url}/healthz`);
    expect([health.status, health.headers['strict-transport-security']]).toEqual([200, undefined]);
    const session = await call(authority, `${url}/inbox/v1/sessions`, {
      corpId: 'corp-one',
      userId: 'alice',
    });
    expect(String(session.headers['set-cookie'])).toMatch(/; Secure/);
    const pair = { appKey: 'app-one', appSecret: 'secret-of-app-one' };
    const { accessToken } = (await call(authority, `${url}/v1.0/oauth2/accessToken`, pair)).body;
    const uploaded = await call(
      authority,
      `${url}/media/upload?access_token=${accessToken}`,
      formOf(fileParts('image', png)),
    );
    const issued = { robotCode: 'robot-one', mediaId: uploaded.body.media_id };
    const { downloadCode } = (await call(authority, `${url}/emulator/v1/downloadCodes`, issued)).body;
    const asked = { robotCode: 'robot-one', downloadCode };
    const token = { 'x-acs-dingtalk-access-token': String(accessToken) };
    const { downloadUrl } = (await call(authority, `${url}/v1.0/robot/messageFiles/download`, asked, token)).body;
    expect(String(downloadUrl)).toMatch(new RegExp(`^${url}/downloads/`));
    expect(loud(log)).toEqual([]);
  });

  test('closes a plain HTTP connection and accepts the next one', async () => {
    const certificate = writeCertificate();
    const server = await startTls(certificate);
    const socket = await openSilent(server);
    socket.write(requestText('GET /healthz'));
    await once(socket.resume(), 'close');
    expect((await call(certificate.authority, `${server.url}/healthz`)).status).toBe(200);
    expect(loud(server.log)).toEqual([]);
  });
});

describe('the limits of connections hold with TLS', () => {
  test('a handshake that does not end is closed', async () => {
    const server = await startTls(writeCertificate(), { sockets: { headers: 200 } });
    const sockets = await Promise.all([openSilent(server), openSilent(server)]);
    // The begin of a handshake record.
    sockets[1]?.write(Buffer.from([0x16, 0x03, 0x01]));
    await Promise.all(sockets.map((socket) => once(socket.resume(), 'close')));
    expect(loud(server.log)).toEqual([]);
  });

  test('handshakes count as connections', async () => {
    const certificate = writeCertificate();
    const server = await startTls(certificate, { sockets: { connections: 2 } });
    const silent = await Promise.all(Array.from({ length: 34 }, () => openSilent(server)));
    const [more] = await Promise.all([openSilent(server)]);
    await once(more.resume(), 'close');
    for (const socket of silent) socket.destroy();
    await expect
      .poll(() =>
        call(certificate.authority, `${server.url}/healthz`).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });

  test('a connection above the limit gets 503 after its handshake', async () => {
    const certificate = writeCertificate();
    const server = await startTls(certificate, { sockets: { connections: 1 } });
    await openSecure(certificate.authority, server);
    const refused = await openSecure(certificate.authority, server);
    await once(refused.socket, 'close');
    expect(refused.text()).toContain('HTTP/1.1 503 ');
  });

  test('a silent connection is closed without a response, and late headers get 408', async () => {
    const certificate = writeCertificate();
    const server = await startTls(certificate, { sockets: { headers: 300, drainTime: 200 } });
    const silent = await openSecure(certificate.authority, server);
    const late = await openSecure(certificate.authority, server);
    late.socket.write('GET / HTTP/1.1\r\n');
    await Promise.all([silent, late].map(({ socket }) => once(socket, 'close')));
    expect(silent.text()).toBe('');
    expect(late.text()).toContain('HTTP/1.1 408 ');
  });

  test('invalid HTTP gets an error with its connection closed', async () => {
    const certificate = writeCertificate();
    const server = await startTls(certificate, { sockets: { drainTime: 200 } });
    const { socket, text } = await openSecure(certificate.authority, server);
    socket.write('X\r\n\r\n');
    await once(socket, 'close');
    expect(text()).toContain('"code":"huizhi.badRequest"');
  });

  test('a stop does not wait for a handshake', async () => {
    const server = await startTls(writeCertificate(), { sockets: { headers: 3_600_000, writeStall: 400 } });
    const socket = await openSilent(server);
    await server.close();
    await once(socket.resume(), 'close');
  });
});

describe('the files of the certificate', () => {
  test('are read again on request, and a wrong pair is logged and not used', async () => {
    const certificate = writeCertificate();
    const server = await startTls(certificate);
    const first = await fingerprintOf(server);
    const authority = certificate.renew();
    expect(await fingerprintOf(server)).toBe(first);
    server.reloadTls();
    const second = await fingerprintOf(server);
    expect(second).not.toBe(first);
    copyFileSync(writeCertificate().files.key, certificate.files.key);
    server.reloadTls();
    expect(await fingerprintOf(server)).toBe(second);
    expect((await call(authority, `${server.url}/healthz`)).status).toBe(200);
    expect(loud(server.log)).toEqual([expect.stringContaining('the certificate was not replaced')]);
  });

  test('are read again when they change', async () => {
    const certificate = writeCertificate();
    const server = createServer(loadTlsPair(certificate.files));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { log } = createRecorder();
    const reloads = watchTlsFiles(server, certificate.files, log, 20);
    onTestFinished(() => {
      reloads.close();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const first = await fingerprintOf({ port });
    certificate.renew();
    await expect.poll(() => fingerprintOf({ port })).not.toBe(first);
  });

  test('are read again by serve on SIGHUP', async () => {
    const certificate = writeCertificate();
    const { cert, key } = certificate.files;
    const child = await startChild(`serve --tls-cert ${cert} --tls-key ${key}`);
    const first = await fingerprintOf(child);
    certificate.renew();
    child.process.kill('SIGHUP');
    await expect.poll(() => fingerprintOf(child)).not.toBe(first);
  });

  const spoil: Readonly<Record<string, readonly [(files: TlsFiles) => void, RegExp]>> = {
    'a key of another certificate': [
      ({ key }) => copyFileSync(writeCertificate().files.key, key),
      /^--tls-key \S+ is not the key of the first certificate in --tls-cert \S+ \(.*\)\.$/,
    ],
    'a key that all users may read': [
      ({ key }) => chmodSync(key, 0o644),
      /^--tls-key (\S+) can be accessed by all users of this machine: run chmod 600 \1$/,
    ],
    'a certificate that is no PEM': [
      ({ cert }) => writeFileSync(cert, 'x'),
      /^--tls-cert \S+ is not a certificate in PEM format/,
    ],
    'a key that is no PEM': [({ key }) => writeFileSync(key, 'x'), /^--tls-key \S+ is not a private key in PEM format/],
    'the two files in the wrong order': [
      ({ cert, key }) => {
        const [one, other] = [readFileSync(cert), readFileSync(key)];
        writeFileSync(cert, other);
        writeFileSync(key, one);
      },
      /^--tls-cert \S+ is not a certificate in PEM format/,
    ],
    'a key with a passphrase': [
      ({ key }) => {
        execFileSync('openssl', ['pkey', '-in', key, '-aes256', '-passout', 'pass:secret', '-out', `${key}.new`]);
        copyFileSync(`${key}.new`, key);
      },
      /^--tls-key \S+ has a passphrase: write a key without one/,
    ],
  };

  test.each(Object.entries(spoil))('are refused for %s', async (_, [change, sentence]) => {
    const { files } = writeCertificate();
    change(files);
    const { log } = createRecorder();
    await expect(start({ ...config, tls: files }, log)).rejects.toThrow(sentence);
  });

  test('are refused if one cannot be read', async () => {
    const { files } = writeCertificate();
    const { log } = createRecorder();
    await expect(start({ ...config, tls: { ...files, key: `${files.key}.none` } }, log)).rejects.toThrow(
      /^--tls-key \S+ cannot be read \(ENOENT\)/,
    );
  });
});
