/** The same bot with the vendor's official SDK for Node. All it knows of huizhi is an endpoint and a protocol. */
import { oauth2_1_0, robot_1_0 } from '@alicloud/dingtalk';
import { Config } from '@alicloud/openapi-client';
import { RuntimeOptions } from '@alicloud/tea-util';

export type Options = {
  /** `api.dingtalk.com`, or host and port of a huizhi. */
  readonly endpoint: string;
  readonly protocol: 'https' | 'http';
  readonly appKey: string;
  readonly appSecret: string;
  readonly robotCode: string;
};

export type Outcome = { readonly key: string | undefined } | { readonly failed: string };

export function createBot({ endpoint, protocol, appKey, appSecret, robotCode }: Options) {
  const config = new Config({ endpoint, protocol });
  const oauth = new oauth2_1_0.default(config);
  const robot = new robot_1_0.default(config);
  const runtime = new RuntimeOptions({});
  let token: string | undefined;

  const attempt = async (userId: string, content: string) => {
    const login = new oauth2_1_0.GetAccessTokenRequest({ appKey, appSecret });
    token ??= (await oauth.getAccessToken(login)).body?.accessToken;
    const request = new robot_1_0.BatchSendOTORequest({
      robotCode,
      userIds: [userId],
      msgKey: 'sampleText',
      msgParam: JSON.stringify({ content }),
    });
    const headers = new robot_1_0.BatchSendOTOHeaders({ xAcsDingtalkAccessToken: token });
    return (await robot.batchSendOTOWithOptions(request, headers, runtime)).body?.processQueryKey;
  };

  return {
    /** Tries once more when the token has died, since nothing can have been sent. Anything else is left to a person. */
    async say(userId: string, content: string): Promise<Outcome> {
      try {
        return { key: await attempt(userId, content) };
      } catch (error) {
        if (codeOf(error) !== 'InvalidAuthentication') return { failed: codeOf(error) };
        token = undefined;
      }
      return attempt(userId, content).then(
        (key) => ({ key }),
        (error: unknown) => ({ failed: codeOf(error) }),
      );
    },

    /** Whether a person has read what was said. */
    async hasRead(processQueryKey: string): Promise<boolean> {
      const request = new robot_1_0.BatchOTOQueryRequest({ robotCode, processQueryKey });
      const headers = new robot_1_0.BatchOTOQueryHeaders({ xAcsDingtalkAccessToken: token });
      const { body } = await robot.batchOTOQueryWithOptions(request, headers, runtime);
      return body?.messageReadInfoList?.every(({ readStatus }) => readStatus === 'READ') ?? false;
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
