import { Alert, Segmented, Typography } from 'antd';
import { useMemo } from 'react';
import page from '../../../../docs/how-to/point-your-sdk.md?raw';
import type {
  ConsoleApp,
  ConsoleRobot,
  KnownSecretAnswer,
  RobotsAnswer,
  UsersAnswer,
} from '../../../../src/client/answers.ts';
import { useLoaded } from '../../data/load.ts';
import { apps, itemPath, robotsIn, usersOf } from '../../data/sources.ts';
import { Choice } from '../../parts/choices/choice.tsx';
import { Code, Failure, Head, Nothing } from '../../parts/common.tsx';
import { CorpNeeded } from '../../parts/corp-needed.tsx';
import { FactList } from '../../parts/facts.tsx';
import { Loadable } from '../../parts/lists/loadable.tsx';
import { Link, useParameters } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { fillIn, findSpecial, type Program, parsePrograms, type Values } from './programs.ts';

const permission = 'qyapi_robot_sendmsg';

/** The programs of the documentation, with the values of this emulator. */
export default function Connect() {
  const t = useTexts();
  return (
    <CorpNeeded title={t.pages.connect}>
      {(corpId) => (
        <>
          <Head title={t.pages.connect} hint={t.connect.hint} />
          <ConnectIn corpId={corpId} />
        </>
      )}
    </CorpNeeded>
  );
}

function ConnectIn({ corpId }: { readonly corpId: string }) {
  const t = useTexts();
  const [parameters, change] = useParameters();
  const query = new URLSearchParams({ corpId, limit: '1' });
  const robots = useLoaded<RobotsAnswer>(`/console/v1/robots?${query}`);
  const users = useLoaded<UsersAnswer>(`/console/v1/users?${query}`);
  const robotSource = useMemo(() => robotsIn(corpId), [corpId]);
  const userSource = useMemo(() => usersOf(corpId), [corpId]);
  const robotCode = parameters.get('robotCode') ?? robots.data?.robots[0]?.robotCode;
  const userId = parameters.get('userId') ?? users.data?.users[0]?.userId;
  const failed = [robots, users].find(({ error }) => error);
  if (failed?.error) return <Failure error={failed.error} onRetry={failed.reload} />;
  if (robots.data && users.data && !(robotCode && userId)) return <Nothing text={t.connect.nothing} />;
  return (
    <>
      <div className="box filters">
        <div className="field">
          <span>{t.connect.robot}</span>
          <Choice
            source={robotSource}
            aria-label={t.connect.robot}
            value={robotCode}
            onChange={(code) => change({ robotCode: code })}
          />
        </div>
        <div className="field">
          <span>{t.connect.user}</span>
          <Choice
            source={userSource}
            aria-label={t.connect.user}
            value={userId}
            onChange={(code) => change({ userId: code })}
          />
        </div>
      </div>
      {robotCode && userId && <OfRobot key={robotCode} robotCode={robotCode} userId={userId} />}
    </>
  );
}

type RobotProps = { readonly robotCode: string; readonly userId: string };

function OfRobot({ robotCode, userId }: RobotProps) {
  const robot = useLoaded<ConsoleRobot>(`/console/v1/robots/${encodeURIComponent(robotCode)}`);
  return (
    <Loadable of={robot}>{({ appKey }) => <OfApp appKey={appKey} robotCode={robotCode} userId={userId} />}</Loadable>
  );
}

function OfApp({ appKey, ...rest }: RobotProps & { readonly appKey: string }) {
  const app = useLoaded<ConsoleApp>(itemPath(apps, appKey));
  const secret = useLoaded<KnownSecretAnswer>(`${itemPath(apps, appKey)}/secret`);
  return (
    <Loadable of={app}>
      {(found) => (
        <Loadable of={secret}>
          {({ appSecret }) => (
            <>
              <Warnings app={found} appSecret={appSecret} />
              <Filled values={{ ...serverValues(), appKey, appSecret, ...rest }} />
            </>
          )}
        </Loadable>
      )}
    </Loadable>
  );
}

const serverValues = () => ({ host: location.host, isSecure: location.protocol === 'https:' });

/** Why a program with these values would not run. */
function Warnings({ app, appSecret }: { readonly app: ConsoleApp; readonly appSecret: string | null }) {
  const t = useTexts();
  const { appKey, kind, permissions } = app;
  return (
    <>
      {appSecret === null && (
        <Alert
          className="spaced"
          type="warning"
          showIcon
          title={t.connect.unknownSecret(appKey)}
          description={<Link to="/apps">{t.connect.newSecret}</Link>}
        />
      )}
      {kind === 'thirdParty' && (
        <Alert className="spaced" type="warning" showIcon title={t.connect.thirdParty(appKey)} />
      )}
      {!permissions.includes(permission) && (
        <Alert className="spaced" type="warning" showIcon title={t.connect.noPermission(appKey, permission)} />
      )}
    </>
  );
}

const programs = parsePrograms(page);

function Filled({ values }: { readonly values: Values }) {
  const t = useTexts();
  const [parameters, change] = useParameters();
  const wanted = parameters.get('language');
  const program = programs.find(({ name }) => name === wanted) ?? programs[0];
  const special = findSpecial(values);
  return (
    <>
      <section className="box">
        <FactList
          facts={[
            [t.connect.address, <Code key="address" name={t.connect.address}>{`${location.origin}`}</Code>],
            ...(['appKey', 'appSecret', 'robotCode', 'userId'] as const).map((name) => {
              const value = values[name];
              return [
                name,
                value === null ? (
                  '–'
                ) : (
                  <Code key={name} name={name}>
                    {value}
                  </Code>
                ),
              ] as const;
            }),
          ]}
        />
      </section>
      {special.length > 0 && (
        <Alert className="spaced" type="warning" showIcon title={t.connect.special(special.join(', '))} />
      )}
      <div className="languages spaced">
        <Segmented
          name="language"
          aria-label={t.connect.language}
          value={program?.name ?? ''}
          options={programs.map(({ name }) => name)}
          onChange={(name) => change({ language: name })}
        />
      </div>
      {program && <Shown program={program} values={values} />}
    </>
  );
}

function Shown({ program: { name, commands, code }, values }: { readonly program: Program; readonly values: Values }) {
  const t = useTexts();
  const filled = useMemo(() => fillIn(code, values), [code, values]);
  return (
    <section className="box" aria-label={t.connect.program(name)}>
      <div className="box-head">
        <h2>{name}</h2>
        <Typography.Text copyable={{ text: filled, tooltips: [t.copy, t.copied] }} />
      </div>
      {commands.length > 0 && (
        <p className="spaced commands">
          <span className="soft">{t.connect.run}</span>
          {commands.map((command) => (
            <Code key={command} name={command}>
              {command}
            </Code>
          ))}
        </p>
      )}
      <pre className="text" dir="ltr">
        {filled}
      </pre>
    </section>
  );
}
