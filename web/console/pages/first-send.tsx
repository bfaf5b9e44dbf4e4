import { Typography } from 'antd';
import { useEffect, useState } from 'react';
import type { ConsoleApp, ConsoleRobot, RobotsAnswer, UsersAnswer } from '../../../src/client/answers.ts';
import { useLoaded } from '../data/load.ts';
import { apps, itemPath } from '../data/sources.ts';
import { Nothing } from '../parts/common.tsx';
import { quoteForShell } from '../parts/shell-line.ts';
import { useSession } from '../session.tsx';
import { useTexts } from '../texts/use-texts.ts';

const permission = 'qyapi_robot_sendmsg';

/**
 * Shown while no message has been sent: shell commands that send the first one, filled in with an existing robot and
 * user.
 */
export function FirstSend({ corpId, text }: { readonly corpId: string; readonly text: string }) {
  const t = useTexts();
  const robot = useRobot(corpId);
  const user = useLoaded<UsersAnswer>(`/console/v1/users?${new URLSearchParams({ corpId, limit: '1' })}`).data
    ?.users[0];
  if (!robot || !user) return <Nothing text={text} />;
  const lines = commandsOf({ ...robot, ...user, content: t.firstSend.content });
  return (
    <div className="first-send">
      <Nothing text={text} />
      <div className="box-head">
        <p className="soft">{t.firstSend.hint(robot.appKey)}</p>
        <Typography.Text copyable={{ text: lines, tooltips: [t.copy, t.copied] }} />
      </div>
      <pre className="text" dir="auto">
        {lines}
      </pre>
    </div>
  );
}

/**
 * A robot that can send to the organization, of an internal app (which gets its token with one request) with the
 * permission.
 */
function useRobot(corpId: string): ConsoleRobot | undefined {
  const { ask } = useSession();
  const { data } = useLoaded<RobotsAnswer>(`/console/v1/robots?${new URLSearchParams({ corpId, limit: '100' })}`);
  const [found, setFound] = useState<ConsoleRobot>();
  useEffect(() => {
    const aborter = new AbortController();
    const robots = data?.robots.filter(({ disabled }) => !disabled) ?? [];
    const isAble = async (appKey: string) => {
      const app = await ask<ConsoleApp>('GET', itemPath(apps, appKey), undefined, aborter.signal);
      return app.kind === 'internal' && app.permissions.includes(permission);
    };
    findAble(robots, isAble).then(
      (robot) => !aborter.signal.aborted && setFound(robot),
      // On an error no commands are shown, only that nothing has been sent.
      () => {},
    );
    return () => aborter.abort();
  }, [ask, data]);
  return found;
}

/** The first robot whose app is able to send. Each app is checked once. */
async function findAble(robots: readonly ConsoleRobot[], isAble: (appKey: string) => Promise<boolean>) {
  for (const appKey of new Set(robots.map((robot) => robot.appKey))) {
    if (await isAble(appKey)) return robots.find((robot) => robot.appKey === appKey);
  }
  return undefined;
}

type Given = { readonly appKey: string; readonly robotCode: string; readonly userId: string; readonly content: string };

function commandsOf({ appKey, robotCode, userId, content }: Given): string {
  const json = "-H 'content-type: application/json'";
  const credentials = quoteForShell(JSON.stringify({ appKey, appSecret: '$APP_SECRET' })).replace(
    '$APP_SECRET',
    `'"$APP_SECRET"'`,
  );
  const msgParam = JSON.stringify({ content });
  const message = { robotCode, userIds: [userId], msgKey: 'sampleText', msgParam };
  return `APP_SECRET=…
TOKEN=$(curl -s ${quoteForShell(`${location.origin}/v1.0/oauth2/accessToken`)} ${json} \\
  -d ${credentials} | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')
curl ${quoteForShell(`${location.origin}/v1.0/robot/oToMessages/batchSend`)} ${json} \\
  -H "x-acs-dingtalk-access-token: $TOKEN" \\
  -d ${quoteForShell(JSON.stringify(message))}`;
}
