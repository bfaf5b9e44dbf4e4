import { Button, Drawer, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useState } from 'react';
import type {
  ConsoleApp,
  ConsoleRobot,
  ConsoleUser,
  RobotBlocksAnswer,
  RobotChangeBody,
} from '../../../src/client/answers.ts';
import { useUnsaved } from '../../shared/unsaved.ts';
import { useLoaded, usePaged } from '../data/load.ts';
import { apps, itemPath } from '../data/sources.ts';
import { Allowed, Editable, SharedHint, useCan } from '../parts/allowed.tsx';
import { useCorps } from '../parts/corp.tsx';
import { CorpSwitches } from '../parts/corp-switches.tsx';
import { useRestoreFocus } from '../parts/focus.ts';
import { More } from '../parts/lists/more.tsx';
import { kindOf } from '../parts/message-text.ts';
import { useFormChange } from '../parts/refusal.tsx';
import { useTexts } from '../texts/use-texts.ts';

type Props = { readonly robot: ConsoleRobot; readonly onClose: () => void; readonly onChanged: () => void };

/** Sends a change; resolves to whether it succeeded. */
type Put = (path: string, body: object) => Promise<boolean>;
type PartProps = { readonly robot: ConsoleRobot; readonly put: Put };

/** The drawer in which a robot is edited. */
export function RobotDetail({ robot: given, onClose, onChanged }: Props) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  useRestoreFocus();
  const [robot, setRobot] = useState(given);
  const corpId = useCorpOf(robot);
  const put: Put = async (path, body) => {
    const answer = await change<ConsoleRobot>(
      'PUT',
      `/console/v1/robots/${encodeURIComponent(robot.robotCode)}${path}`,
      body,
      t.saved,
    );
    if (!answer) return false;
    setRobot(answer);
    onChanged();
    return true;
  };
  return (
    <Drawer
      open
      onClose={onClose}
      size={560}
      title={<bdi>{robot.name}</bdi>}
      extra={
        <Editable right="robots.change" corpId={corpId}>
          <Enabled robot={robot} put={put} />
        </Editable>
      }
    >
      <p className="soft spaced">
        <bdi>{robot.robotCode}</bdi> · <bdi>{robot.appKey}</bdi>
      </p>
      {corpId === null && <SharedHint right="robots.change" text={t.robots.shared} />}
      {refusal}
      <Editable right="robots.change" corpId={corpId}>
        <General robot={robot} put={put} corpId={corpId} />
        <Blocks key={String(robot.unblockable)} robot={robot} put={put} />
      </Editable>
      <Installations robot={robot} put={put} />
      <Editable right="robots.change" corpId={corpId}>
        <Templates robot={robot} put={put} />
      </Editable>
    </Drawer>
  );
}

/** The organization of the robot's app; null for a third-party app, or as long as it is not known. */
function useCorpOf({ appKey }: ConsoleRobot): string | null {
  // With the right in all organizations it makes no difference.
  const isNeeded = !useCan()('robots.change', null);
  return useLoaded<ConsoleApp>(isNeeded ? itemPath(apps, appKey) : undefined).data?.corpId ?? null;
}

function Enabled({ robot, put }: PartProps) {
  const t = useTexts();
  return (
    <span className="live-switch">
      <span aria-hidden="true">{robot.disabled ? t.robots.disabled : t.robots.enabled}</span>{' '}
      <Switch aria-label={t.robots.enabled} checked={!robot.disabled} onChange={(on) => put('', { disabled: !on })} />
    </span>
  );
}

function General({ robot, put, corpId }: PartProps & { readonly corpId: string | null }) {
  const t = useTexts();
  const [isDirty, setDirty] = useState(false);
  useUnsaved(isDirty);
  const save = async (given: RobotChangeBody) => {
    if (await put('', given)) setDirty(false);
  };
  return (
    <Form<RobotChangeBody>
      layout="vertical"
      initialValues={robot}
      onFinish={save}
      onValuesChange={() => setDirty(true)}
      requiredMark={false}
    >
      <Form.Item name="name" label={t.name} rules={[{ required: true, whitespace: true, message: t.required }]}>
        <Input maxLength={200} dir="auto" />
      </Form.Item>
      <div className="halves">
        <Form.Item name="perUserPerMinute" label={t.robots.perMinute} extra={t.robots.noLimit}>
          <InputNumber min={0} precision={0} className="full" />
        </Form.Item>
        <Form.Item name="perUserPerDay" label={t.robots.perDay} extra={t.robots.noLimit}>
          <InputNumber min={0} precision={0} className="full" />
        </Form.Item>
      </div>
      <Allowed right="robots.change" corpId={corpId}>
        <Button htmlType="submit" type="primary" className="spaced">
          {t.save}
        </Button>
      </Allowed>
    </Form>
  );
}

/** Whether users may block the robot, and which users of the selected organization have. */
function Blocks({ robot, put }: PartProps) {
  const t = useTexts();
  const { corpId } = useCorps();
  return (
    <section className="spaced">
      <div className="box-head">
        <h2>{t.robots.blocks}</h2>
      </div>
      <p className="live-switch">
        <Switch
          aria-label={t.robots.blockable}
          checked={!robot.unblockable}
          onChange={(on) => put('', { unblockable: !on })}
        />{' '}
        <span aria-hidden="true">{t.robots.blockable}</span>
      </p>
      <p className="soft">{t.robots.blockableHint}</p>
      {corpId !== undefined && !robot.unblockable && <BlockedBy robotCode={robot.robotCode} corpId={corpId} />}
    </section>
  );
}

function BlockedBy({ robotCode, corpId }: { readonly robotCode: string; readonly corpId: string }) {
  const t = useTexts();
  const path = `/console/v1/robots/${encodeURIComponent(robotCode)}/blocks?${new URLSearchParams({ corpId })}`;
  const list = usePaged<ConsoleUser, RobotBlocksAnswer>(path, (page) => page.users);
  if (list.items.length === 0 && !list.loading) return <p className="soft">{t.robots.noBlocks}</p>;
  return (
    <>
      <ul className="tiles one" aria-label={t.robots.blocks}>
        {list.items.map(({ userId, name }) => (
          <li key={userId}>
            <span className="main-cell">
              <span dir="auto">{name}</span>
              <small>{userId}</small>
            </span>
          </li>
        ))}
      </ul>
      <More list={list} />
    </>
  );
}

function Installations({ robot, put }: PartProps) {
  const t = useTexts();
  const set = (corpId: string, installed: boolean) =>
    put(`/installations/${encodeURIComponent(corpId)}`, { installed });
  return <CorpSwitches title={t.robots.installedIn} right="robots.change" on={robot.installedIn} onSet={set} />;
}

function Templates({ robot, put }: PartProps) {
  const t = useTexts();
  const options = (['active', 'stopped', 'removed'] as const).map((value) => ({
    value,
    label: t.robots.states[value],
  }));
  return (
    <section>
      <div className="box-head">
        <h2>{t.robots.templates}</h2>
      </div>
      <ul className="tiles one">
        {robot.templates.map(({ msgKey, state }) => (
          <li key={msgKey}>
            <span className="main-cell">
              <span>{kindOf(msgKey, t)}</span>
              <small>{msgKey}</small>
            </span>
            <Select
              aria-label={kindOf(msgKey, t)}
              value={state}
              options={options}
              className="state"
              onChange={(chosen) => put(`/templates/${encodeURIComponent(msgKey)}`, { state: chosen })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
