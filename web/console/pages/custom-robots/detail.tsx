import { DeleteOutlined, KeyOutlined } from '@ant-design/icons';
import { Button, Drawer, Form, Switch } from 'antd';
import { useState } from 'react';
import type { ConsoleCustomRobot } from '../../../../src/client/answers.ts';
import { useUnsaved } from '../../../shared/unsaved.ts';
import { itemPath } from '../../data/sources.ts';
import { Allowed, Editable } from '../../parts/allowed.tsx';
import { Code } from '../../parts/common.tsx';
import { useConfirm } from '../../parts/confirm.ts';
import { useRestoreFocus } from '../../parts/focus.ts';
import { groupPath } from '../../parts/lists/two-lines.tsx';
import { useFormChange } from '../../parts/refusal.tsx';
import { Link } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import type { NewCredentials } from './credentials.tsx';
import { CustomRobotFields } from './fields.tsx';

type Props = {
  readonly corpId: string;
  readonly robot: ConsoleCustomRobot;
  readonly onClose: () => void;
  readonly onChanged: () => void;
  readonly onCredentials: (shown: NewCredentials) => void;
};

/** Makes a call about the robot; resolves to its response, or to undefined on failure. */
type Ask = <T>(method: string, part: string, body: object, done?: string) => Promise<T | undefined>;
/** Changes the robot; resolves to whether it succeeded. */
type Put = (body: object) => Promise<boolean>;
type PartProps = {
  readonly robot: ConsoleCustomRobot;
  readonly ask: Ask;
  readonly put: Put;
  readonly onCredentials: Props['onCredentials'];
};

/** The drawer in which a custom robot is edited. */
export function CustomRobotDetail({ corpId, robot: given, onClose, onChanged, onCredentials }: Props) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  useRestoreFocus();
  const [robot, setRobot] = useState(given);
  const ask: Ask = async (method, part, body, done) => {
    const path = itemPath({ path: '/console/v1/customRobots', query: {} }, robot.robotCode);
    return change(method, `${path}${part}?${new URLSearchParams({ corpId })}`, body, done);
  };
  const take = (changed: ConsoleCustomRobot) => {
    setRobot(changed);
    onChanged();
  };
  const put: Put = async (body) => {
    const answer = await ask<ConsoleCustomRobot>('PUT', '', body, t.saved);
    if (answer) take(answer);
    return answer !== undefined;
  };
  const reveal = (shown: NewCredentials) => {
    if (shown.secret) take({ ...robot, sign: true });
    onCredentials(shown);
  };
  const onRemoved = () => {
    onClose();
    onChanged();
  };
  const parts = { robot, ask, put, onCredentials: reveal };
  return (
    <Drawer
      open
      onClose={onClose}
      size={560}
      title={<bdi>{robot.name}</bdi>}
      extra={
        <Editable right="customRobots.change">
          <Enabled {...parts} />
        </Editable>
      }
    >
      <Where robot={robot} />
      {refusal}
      <Editable right="customRobots.change">
        <Settings {...parts} />
      </Editable>
      <Allowed right="customRobots.change">
        <Signature {...parts} />
        <Token {...parts} />
        <Removal {...parts} onRemoved={onRemoved} />
      </Allowed>
    </Drawer>
  );
}

function Where({ robot: { robotCode, groupTitle, openConversationId } }: Pick<PartProps, 'robot'>) {
  const t = useTexts();
  const messages = new URLSearchParams({ openConversationId, sentTo: 'webhook' });
  return (
    <p className="spaced">
      <Code name="robotCode">{robotCode}</Code>
      <br />
      {t.customRobots.group}{' '}
      <Link to={groupPath(openConversationId)}>
        <bdi>{groupTitle || openConversationId}</bdi>
      </Link>{' '}
      · <Link to={`/messages?${messages}`}>{t.customRobots.messages}</Link>
    </p>
  );
}

function Enabled({ robot, put }: PartProps) {
  const t = useTexts();
  return (
    <span className="live-switch">
      <span aria-hidden="true">{robot.disabled ? t.robots.disabled : t.robots.enabled}</span>{' '}
      <Switch aria-label={t.robots.enabled} checked={!robot.disabled} onChange={(on) => put({ disabled: !on })} />
    </span>
  );
}

type Given = Pick<ConsoleCustomRobot, 'name' | 'keywords' | 'addresses'>;

function Settings({ robot, put }: PartProps) {
  const t = useTexts();
  const [isDirty, setDirty] = useState(false);
  useUnsaved(isDirty);
  const save = async (given: Given) => {
    if (await put(given)) setDirty(false);
  };
  return (
    <Form<Given>
      layout="vertical"
      initialValues={robot}
      onFinish={save}
      onValuesChange={() => setDirty(true)}
      requiredMark={false}
    >
      <CustomRobotFields />
      <Allowed right="customRobots.change">
        <Button htmlType="submit" type="primary" className="spaced">
          {t.save}
        </Button>
      </Allowed>
    </Form>
  );
}

/** Whether messages need a signature. Turning it on, and replacing the secret, shows the new secret. */
function Signature({ robot, ask, put, onCredentials }: PartProps) {
  const t = useTexts();
  const confirm = useConfirm();
  const { signOffTitle, signOffText, signOff, newSecret, newSecretTitle, newSecretText } = t.customRobots;
  const renew = async () => {
    const answer = await ask<{ readonly secret: string }>('POST', '/secret', {});
    if (answer) onCredentials(answer);
  };
  const set = (on: boolean) =>
    on
      ? void renew()
      : confirm({ title: signOffTitle, text: signOffText, action: signOff, run: () => put({ sign: false }) });
  const replace = () =>
    confirm({ title: newSecretTitle(robot.name), text: newSecretText, action: newSecret, run: renew });
  return (
    <section className="spaced">
      <div className="box-head">
        <h2>{t.customRobots.sign}</h2>
        {robot.sign && (
          <Button danger icon={<KeyOutlined />} onClick={replace}>
            {newSecret}
          </Button>
        )}
      </div>
      <p className="live-switch">
        <Switch aria-label={t.customRobots.signOn} checked={robot.sign} onChange={set} />{' '}
        <span aria-hidden="true">{t.customRobots.signOn}</span>
      </p>
    </section>
  );
}

function Token({ robot, ask, onCredentials }: PartProps) {
  const t = useTexts();
  const confirm = useConfirm();
  const { newToken, newTokenTitle, newTokenText, token, tokenHint } = t.customRobots;
  const renew = async () => {
    const answer = await ask<{ readonly token: string }>('POST', '/token', {});
    if (answer) onCredentials(answer);
  };
  const replace = () => confirm({ title: newTokenTitle(robot.name), text: newTokenText, action: newToken, run: renew });
  return (
    <section className="spaced">
      <div className="box-head">
        <h2>{token}</h2>
        <Button danger icon={<KeyOutlined />} onClick={replace}>
          {newToken}
        </Button>
      </div>
      <p className="soft">{tokenHint}</p>
    </section>
  );
}

function Removal({ robot, ask, onRemoved }: PartProps & { readonly onRemoved: () => void }) {
  const t = useTexts();
  const confirm = useConfirm();
  const remove = async () => {
    if (await ask('DELETE', '', {}, t.customRobots.removed)) onRemoved();
  };
  const askFirst = () =>
    confirm({
      title: t.customRobots.removeTitle(robot.name),
      text: t.customRobots.removeText,
      action: t.remove,
      run: remove,
    });
  return (
    <Button danger icon={<DeleteOutlined />} onClick={askFirst}>
      {t.customRobots.remove}
    </Button>
  );
}
