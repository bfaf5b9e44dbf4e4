import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { alternate } from '../lib/alternate.ts';
import { call } from '../lib/api.ts';
import type { Section } from '../lib/bench.ts';
import { bounded, plain } from '../lib/figure.ts';
import { type Huizhi, startHuizhi } from '../lib/huizhi.ts';
import { residentMemory, startNode } from '../lib/process.ts';
import { median } from '../lib/stats.ts';
import { settledMemory } from './memory.ts';
import type { Trial } from './start.ts';

const size = 20 * 1024 * 1024;
/** A picture of one pixel; the rest of the file is behind its end. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
const file = Buffer.concat([pixel, randomBytes(size - pixel.length)]);

const boundary = 'boundary-of-the-benchmark';
const form = Buffer.concat([
  Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="media"; filename="a.png"\r\n\r\n`),
  file,
  Buffer.from(`\r\n--${boundary}--\r\n`),
]);

/** Transfers of one file of 20 MiB, compared with a bare server that writes and reads a file. */
export const mediaSection: Section = {
  title: ({ rounds }) => `upload and download of a file of 20 MiB, ${rounds} rounds of ${transfers}`,
  async run({ settings, workspace }) {
    const { folder } = workspace;
    const bare = await startNode([join(import.meta.dirname, '../media-bare.ts'), folder], folder);
    const args = ['dev', '--database', join(folder, 'media.db'), '--media-quota', '100000'];
    const huizhi = await startHuizhi({ dist: settings.dist, folder }, args);
    try {
      const own = await addressesOf(huizhi);
      const bareUrl = String(bare.said.url);
      const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
      const uploadOwn = () => measure(() => send(own.upload, form, headers));
      const uploadBare = () => measure(() => send(bareUrl, file));
      await uploadOwn();
      await uploadBare();
      const before = residentMemory(huizhi.pid).now;
      const uploads = await alternate(settings.rounds, uploadOwn, uploadBare, (a, b) => b / a);
      const downloads = await alternate(
        settings.rounds,
        () => measure(() => send(own.download)),
        () => measure(() => send(bareUrl)),
        (a, b) => b / a,
      );
      const { now, peak } = residentMemory(huizhi.pid);
      const later = await settledMemory(huizhi.pid);
      return [
        bounded(plain('upload / bare', uploads.ratio, '', uploads.ratios), { bound: 'at least', value: 0.5 }),
        plain('upload', median(uploads.first), 'ms'),
        plain('upload, bare', median(uploads.second), 'ms'),
        bounded(plain('download / bare', downloads.ratio, '', downloads.ratios), { bound: 'at least', value: 0.5 }),
        plain('download', median(downloads.first), 'ms'),
        plain('download, bare', median(downloads.second), 'ms'),
        bounded(plain('more memory after some rest', (later - before) / 1e6, 'MB'), { bound: 'under', value: 16 }),
        plain('more memory right after', (now - before) / 1e6, 'MB'),
        plain('more memory at most', (peak - before) / 1e6, 'MB'),
      ];
    } finally {
      await huizhi.stop();
      await bare.stop();
    }
  },
};

/** Transfers in a round. */
const transfers = 5;

/** The milliseconds of a transfer. */
async function measure(transfer: () => Promise<string>): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < transfers; i++) await transfer();
  return (performance.now() - started) / transfers;
}

/** The addresses to upload to and to download from. */
async function addressesOf({ url, said }: Huizhi): Promise<{ readonly upload: string; readonly download: string }> {
  const { appKey, appSecret, robotCode } = said as unknown as Trial;
  const token = JSON.parse((await call(`${url}/gettoken?appkey=${appKey}&appsecret=${appSecret}`)).text).access_token;
  const upload = `${url}/media/upload?access_token=${token}&type=image`;
  const mediaId = JSON.parse(
    await send(upload, form, { 'content-type': `multipart/form-data; boundary=${boundary}` }),
  ).media_id;
  const json = { 'content-type': 'application/json', 'x-acs-dingtalk-access-token': token };
  const code = await call(`${url}/emulator/v1/downloadCodes`, json, { robotCode, mediaId });
  const { downloadCode } = JSON.parse(code.text);
  const answer = await call(`${url}/v1.0/robot/messageFiles/download`, json, { downloadCode, robotCode });
  if (answer.status !== 200) throw new Error(`${code.text} ${answer.text}`);
  return { upload, download: JSON.parse(answer.text).downloadUrl };
}

const agent = new Agent({ keepAlive: true });

/** Makes one request; resolves with the text of a short response, and discards a long one. */
function send(url: string, body?: Buffer, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: body ? 'POST' : 'GET', headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        if (text.length + chunk.length < 10_000) text += chunk.toString();
      });
      response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(`${url}: ${text}`))));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
