/** The programs of the page about webhooks verify signatures. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/index.ts';
import { demoSetup, startEmulator } from '../../src/emulator/index.ts';
import { runOrThrow } from '../sdk/command.ts';
import { needs } from '../sdk/python-environment.ts';
import { startPageProgram } from '../support/page-program.ts';
import { blocksOf, pageText, root } from '../support/pages.ts';

const blocks = blocksOf(pageText('docs/how-to/receive-receipts.md'));
const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const body = '{"type":"receipt.read","number":1,"data":{"userId":"曲大岳"}}';

/** Returns the first program, or function, of the page in a language. */
const programOf = (language: string) => blocks.find((block) => block.language === language)?.text ?? '';

/** A server around the function of the page in Go. */
const goProgram = () => `package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

${programOf('go')}
func receive(response http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	if !isAuthentic(os.Getenv("WEBHOOK_SECRET"), request.Header, body) {
		response.WriteHeader(401)
		return
	}
	var event struct {
		Type string
		Data struct{ UserId string }
	}
	_ = json.Unmarshal(body, &event)
	fmt.Println(event.Type, event.Data.UserId)
}

func main() {
	listener, _ := net.Listen("tcp", "127.0.0.1:0")
	fmt.Println("listening", listener.Addr().(*net.TCPAddr).Port)
	_ = http.Serve(listener, http.HandlerFunc(receive))
}
`;

/** A server around the function of the page in Java. */
const javaProgram = () => String.raw`import com.sun.net.httpserver.*;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.*;
import java.time.Instant;
import java.util.*;
import java.util.regex.*;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class Receiver {
  private static final Pattern EVENT = Pattern.compile("\"type\":\"(.+?)\".*\"userId\":\"(.+?)\"");

  ${programOf('java')}
  static void receive(HttpExchange exchange) throws java.io.IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    try {
      boolean ok = isAuthentic(System.getenv("WEBHOOK_SECRET"), exchange.getRequestHeaders(), body);
      Matcher event = EVENT.matcher(new String(body, StandardCharsets.UTF_8));
      if (ok && event.find())
        System.out.writeBytes((event.group(1) + " " + event.group(2) + "\n").getBytes(StandardCharsets.UTF_8));
      exchange.sendResponseHeaders(ok ? 200 : 401, -1);
    } catch (GeneralSecurityException error) {
      exchange.sendResponseHeaders(500, -1);
    }
  }

  public static void main(String[] args) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/", Receiver::receive);
    server.start();
    System.out.println("listening " + server.getAddress().getPort());
  }
}
`;

/** Writes a program into a folder of this test, and returns its path. */
function write(name: string, text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'huizhi-receiver-')), name);
  onTestFinished(() => rmSync(dirname(path), { recursive: true }));
  writeFileSync(path, text);
  return path;
}

type Receiving = {
  readonly language: string;
  missing(): Promise<string | undefined>;
  prepare(): Promise<readonly [file: string, ...args: string[]]>;
};

/** How the program of each language is run. */
const receiving: readonly Receiving[] = [
  {
    language: 'js',
    missing: async () => undefined,
    prepare: async () => [process.execPath, '--input-type=module', '--eval', programOf('js')],
  },
  {
    language: 'python',
    missing: () => needs('Python', { file: 'python3', args: ['--version'] }),
    prepare: async () => ['python3', '-c', programOf('python')],
  },
  {
    language: 'go',
    missing: () => needs('Go', { file: 'go', args: ['version'] }),
    async prepare() {
      const path = write('main.go', goProgram());
      const file = path.replace('.go', '');
      await runOrThrow({ file: 'go', args: ['build', '-o', file, path], cwd: dirname(path) });
      return [file];
    },
  },
  {
    language: 'java',
    missing: () => needs('a JDK of version 17 or later', { file: 'javac', args: ['--release', '17', '--version'] }),
    prepare: async () => ['java', write('Receiver.java', javaProgram())],
  },
];

/** Starts a receiver of the page. Returns its URL and the lines that it prints. */
async function startReceiver(file: string, args: readonly string[]) {
  const env = { WEBHOOK_SECRET: secret, PYTHONIOENCODING: 'utf-8' };
  const { port, next } = await startPageProgram(file, args, env);
  return { url: `http://127.0.0.1:${port}/receipts`, next };
}

function sign(by: readonly string[], at = new Date()): Record<string, string> {
  return {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': by.map((one) => new Webhook(one).sign('evt_1', at, body)).join(' '),
  };
}

test.for(receiving)(
  'the $language program accepts what is signed with its secret, from huizhi too, and nothing else',
  { timeout: 120_000 },
  async ({ missing, prepare }, { skip }) => {
    const lacking = await missing();
    if (lacking !== undefined && process.env.CI === 'true') throw new Error(lacking);
    skip(lacking !== undefined, lacking ?? '');
    const [file, ...args] = await prepare();
    const { url, next } = await startReceiver(file, args);
    const post = async (headers: Record<string, string>, text = body) =>
      (await fetch(url, { method: 'POST', headers, body: text })).status;
    expect(await post(sign([secret]))).toBe(200);
    expect(await next()).toBe('receipt.read 曲大岳');
    expect(await post(sign([other, secret]))).toBe(200);
    expect(await next()).toBe('receipt.read 曲大岳');
    expect(await post(sign([other]))).toBe(401);
    expect(await post(sign([secret]), `${body} `)).toBe(401);
    expect(await post(sign([secret], new Date(Date.now() - 600_000)))).toBe(401);
    expect(await post({ ...sign([secret]), 'webhook-timestamp': 'now' })).toBe(401);
    expect(await post({})).toBe(401);
    const endpoints = [{ endpointId: 'receipts', url, secret, types: ['receipt.read' as const] }];
    const organizations = demoSetup.organizations.map((one, i) => (i === 0 ? { ...one, endpoints } : one));
    const huizhi = await startEmulator({ setup: { ...demoSetup, organizations } });
    onTestFinished(() => huizhi.close());
    const client = createClient({ endpoint: huizhi.url, robotCode: huizhi.robotCode, ...huizhi.credentials });
    const { keys } = await client.send({ to: 'user001', text: 'Backup finished' });
    await huizhi.read(keys[0] ?? '');
    expect(await next()).toBe('receipt.read user001');
  },
);

test('the test of the page passes', async () => {
  const program = blocks.findLast(({ language }) => language === 'js')?.text ?? '';
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd: root });
});
