/** The calls of the story, by their names in expectations.json. */
import { oauth2_1_0, robot_1_0 } from '@alicloud/dingtalk';
import { Config, OpenApiRequest, Params } from '@alicloud/openapi-client';
import { RuntimeOptions } from '@alicloud/tea-util';

export type Json = null | boolean | number | string | readonly Json[] | Fields;
export type Fields = { readonly [name: string]: Json };

type Token = string | undefined;
type Call = (token: Token, fields: Fields) => Promise<unknown>;

/**
 * The SDK configured for a huizhi; each call returns the response body with its wire names, or throws the SDK's error.
 */
export function createSdk(endpoint: string): Readonly<Record<string, Call>> {
  const config = new Config({ protocol: 'http', endpoint });
  const oauth = new oauth2_1_0.default(config);
  const robot = new robot_1_0.default(config);
  const runtime = new RuntimeOptions();

  return {
    accessToken: (_, fields) => body(oauth.getAccessToken(new oauth2_1_0.GetAccessTokenRequest(fields))),
    corpAccessToken: (_, fields) => body(oauth.getCorpAccessToken(new oauth2_1_0.GetCorpAccessTokenRequest(fields))),
    corpToken: (_, { corpId, client_id: clientId, client_secret: clientSecret, grant_type: grantType }) =>
      body(oauth.getToken(String(corpId), new oauth2_1_0.GetTokenRequest({ clientId, clientSecret, grantType }))),
    batchSend(token, fields) {
      const headers = new robot_1_0.BatchSendOTOHeaders({ xAcsDingtalkAccessToken: token });
      return body(robot.batchSendOTOWithOptions(new robot_1_0.BatchSendOTORequest(fields), headers, runtime));
    },
    readStatus(token, fields) {
      const headers = new robot_1_0.BatchOTOQueryHeaders({ xAcsDingtalkAccessToken: token });
      return body(robot.batchOTOQueryWithOptions(new robot_1_0.BatchOTOQueryRequest(fields), headers, runtime));
    },
    batchRecall(token, fields) {
      const headers = new robot_1_0.BatchRecallOTOHeaders({ xAcsDingtalkAccessToken: token });
      return body(robot.batchRecallOTOWithOptions(new robot_1_0.BatchRecallOTORequest(fields), headers, runtime));
    },
    dingSend(token, fields) {
      const headers = new robot_1_0.RobotSendDingHeaders({ xAcsDingtalkAccessToken: token });
      return body(robot.robotSendDingWithOptions(new robot_1_0.RobotSendDingRequest(fields), headers, runtime));
    },
    dingRecall(token, fields) {
      const headers = new robot_1_0.RobotRecallDingHeaders({ xAcsDingtalkAccessToken: token });
      return body(robot.robotRecallDingWithOptions(new robot_1_0.RobotRecallDingRequest(fields), headers, runtime));
    },
    pluginsSet(token, fields) {
      const headers = new robot_1_0.SetRobotPluginHeaders({ xAcsDingtalkAccessToken: token });
      return body(robot.setRobotPluginWithOptions(new robot_1_0.SetRobotPluginRequest(fields), headers, runtime));
    },
    pluginsQuery(token, fields) {
      const headers = new robot_1_0.QueryRobotPluginHeaders({ xAcsDingtalkAccessToken: token });
      return body(robot.queryRobotPluginWithOptions(new robot_1_0.QueryRobotPluginRequest(fields), headers, runtime));
    },
    pluginsClear(token, fields) {
      const headers = new robot_1_0.ClearRobotPluginHeaders({ xAcsDingtalkAccessToken: token });
      return body(robot.clearRobotPluginWithOptions(new robot_1_0.ClearRobotPluginRequest(fields), headers, runtime));
    },
    statusManage(token, fields) {
      const headers = new robot_1_0.ManageSingleChatRobotStatusHeaders({ xAcsDingtalkAccessToken: token });
      return body(
        robot.manageSingleChatRobotStatusWithOptions(
          new robot_1_0.ManageSingleChatRobotStatusRequest(fields),
          headers,
          runtime,
        ),
      );
    },
    robotInfo(token, fields) {
      const headers = new robot_1_0.UpdateInstalledRobotHeaders({ xAcsDingtalkAccessToken: token });
      return body(
        robot.updateInstalledRobotWithOptions(new robot_1_0.UpdateInstalledRobotRequest(fields), headers, runtime),
      );
    },
    unknownPath: (token) => robot.execute(nowhere, new OpenApiRequest({ headers: withToken(token) }), runtime),
  };
}

const withToken = (token: Token) => ({ 'x-acs-dingtalk-access-token': token });

const nowhere = new Params({
  action: 'Nowhere',
  version: 'robot_1.0',
  protocol: 'HTTP',
  pathname: '/v1.0/robot/nowhere',
  method: 'GET',
  authType: 'AK',
  style: 'ROA',
  reqBodyType: 'none',
  bodyType: 'json',
});

async function body(answer: Promise<{ body?: { toMap(): unknown } }>): Promise<unknown> {
  return (await answer).body?.toMap();
}

/** An error as the SDK throws it. */
type SdkError = Error & {
  readonly code: string;
  readonly statusCode: number;
  readonly data: { readonly requestid: string };
  readonly accessDeniedDetail?: Fields;
};

export function isSdkError(error: unknown): error is SdkError {
  return error instanceof Error && 'code' in error && 'statusCode' in error;
}

/** The fields of the typed error; throws if they contradict one another. */
export function failure({ code, message, statusCode, data, accessDeniedDetail }: SdkError) {
  const [, status, told, requestId] = /code: (\d+), (.*) request id: (\S+)$/s.exec(message) ?? [];
  if (!message.startsWith(`${code}: code: `) || Number(status) !== statusCode || requestId !== data.requestid) {
    throw new Error(`The parts of an error contradict one another: ${message}`);
  }
  return { status: statusCode, code, message: told, requestId, accessDeniedDetail };
}
