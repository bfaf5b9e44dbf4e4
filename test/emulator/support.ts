import { onTestFinished } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';

/** Starts an emulator that is closed when the test ends. */
export async function startOne(options: EmulatorOptions = {}): Promise<Emulator> {
  const huizhi = await startEmulator(options);
  onTestFinished(() => huizhi.close());
  return huizhi;
}

export type Json = Readonly<Record<string, unknown>>;
type Robot = { send(text: string, ...userIds: string[]): Promise<string>; readStatus(key: string): Promise<Json> };

/** A program that sends with fetch only. */
export async function robotOf(huizhi: Emulator, fetch = huizhi.fetch): Promise<Robot> {
  const { credentials, robotCode } = huizhi;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const post = async (path: string, body: Json): Promise<Json> => {
    const answer = await fetch(huizhi.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as Json;
  };
  headers['x-acs-dingtalk-access-token'] = String((await post('/v1.0/oauth2/accessToken', credentials)).accessToken);
  return {
    async send(content, ...userIds) {
      const message = { robotCode, userIds, msgKey: 'sampleText', msgParam: JSON.stringify({ content }) };
      return String((await post('/v1.0/robot/oToMessages/batchSend', message)).processQueryKey);
    },
    async readStatus(processQueryKey) {
      const query = new URLSearchParams({ robotCode, processQueryKey });
      const answer = await fetch(`${huizhi.url}/v1.0/robot/oToMessages/readStatus?${query}`, { headers });
      return (await answer.json()) as Json;
    },
  };
}

/** The readStatus of each recipient. */
export const statusesOf = ({ messageReadInfoList }: Json) =>
  (messageReadInfoList as { readStatus: string }[]).map(({ readStatus }) => readStatus);
