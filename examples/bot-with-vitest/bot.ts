/** A bot without an SDK or huizhi's client, only fetch. Its tests are about failures. */
export type Options = {
  readonly endpoint: string;
  readonly appKey: string;
  readonly appSecret: string;
  readonly robotCode: string;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Waits before the next try; a test does not. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
};

export type Outcome = { readonly key: string } | { readonly failed: string };

const tries = 3;
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export function createBot(options: Options) {
  const { endpoint, appKey, appSecret, robotCode, fetch: ask = fetch, wait = sleep } = options;
  let token: string | undefined;

  const post = async (path: string, body: object): Promise<Record<string, string>> => {
    const headers = { 'content-type': 'application/json', 'x-acs-dingtalk-access-token': token ?? '' };
    const answer = await ask(endpoint + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, string>;
  };

  const attempt = async (message: object) => {
    token ??= (await post('/v1.0/oauth2/accessToken', { appKey, appSecret })).accessToken;
    return post('/v1.0/robot/oToMessages/batchSend', message);
  };

  return {
    /** Tries again where nothing can have been sent: a dead token, too many calls. Anything else is left to a person. */
    async say(userId: string, content: string): Promise<Outcome> {
      const message = { robotCode, userIds: [userId], msgKey: 'sampleText', msgParam: JSON.stringify({ content }) };
      try {
        for (let n = 1; ; n++) {
          const { processQueryKey: key, code = 'unknown' } = await attempt(message);
          if (key !== undefined) return { key };
          if (code === 'InvalidAuthentication') token = undefined;
          else if (!code.includes('QpsLimit')) return { failed: code };
          if (n === tries) return { failed: code };
          await wait(1000 * n);
        }
      } catch {
        return { failed: 'no answer' };
      }
    },
  };
}
