import { PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Table, type TableColumnsType, Tag } from 'antd';
import { useState } from 'react';
import type { ConsoleRobot, RobotsAnswer } from '../../../src/client/answers.ts';
import { UserLine } from '../../shared/bidi.tsx';
import { isolate } from '../../shared/isolate.ts';
import { useChange } from '../data/changes.ts';
import { useCorpNames } from '../data/corp-names.ts';
import { usePaged } from '../data/load.ts';
import { apps } from '../data/sources.ts';
import { Choice } from '../parts/choice.tsx';
import { emptyOf, Head, More, Nothing } from '../parts/common.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { Search, searched, useSearched } from '../parts/search.tsx';
import { useTexts } from '../preferences.ts';
import { RobotDetail } from './robot-detail.tsx';

const path = '/console/v1/robots';

/** Senders: their apps, where they are installed, and whether they may send. */
export default function Robots() {
  const t = useTexts();
  const text = useSearched();
  const list = usePaged<ConsoleRobot, RobotsAnswer>(searched(path, text), (page) => page.robots);
  const [isNew, setNew] = useState(false);
  const [shown, setShown] = useState<ConsoleRobot>();
  const created = (robot: ConsoleRobot) => {
    list.reload();
    setShown(robot);
  };
  return (
    <>
      <Head title={t.pages.robots} hint={t.robots.hint}>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setNew(true)}>
          {t.robots.add}
        </Button>
      </Head>
      <Search label={t.robots.search} />
      <section className="box flush" aria-label={t.pages.robots}>
        <Table<ConsoleRobot>
          size="middle"
          rowKey="robotCode"
          columns={useColumns(list.items, setShown)}
          dataSource={[...list.items]}
          loading={list.loading}
          pagination={false}
          tableLayout="fixed"
          locale={emptyOf(list, <Nothing text={text ? t.choices.nothing : t.robots.nothing} />)}
        />
        <More list={list} />
      </section>
      {isNew && <NewRobot onClose={() => setNew(false)} onCreated={created} />}
      {shown && <RobotDetail robot={shown} onClose={() => setShown(undefined)} onChanged={list.reload} />}
    </>
  );
}

function useColumns(
  robots: readonly ConsoleRobot[],
  show: (robot: ConsoleRobot) => void,
): TableColumnsType<ConsoleRobot> {
  const t = useTexts();
  const namesOf = useCorpNames(robots.map(({ installedIn }) => installedIn));
  return [
    {
      title: t.name,
      key: 'name',
      render: (_, robot) => (
        <span className="main-cell">
          <UserLine>{robot.name}</UserLine>
          <UserLine isSmall>{robot.robotCode}</UserLine>
        </span>
      ),
    },
    {
      title: t.robots.installedIn,
      dataIndex: 'installedIn',
      responsive: ['md'],
      render: (all: readonly string[]) => <span className="one-line soft">{namesOf(all) || t.robots.nowhere}</span>,
    },
    {
      title: t.robots.app,
      dataIndex: 'appKey',
      responsive: ['lg'],
      render: (appKey: string) => <bdi className="one-line soft">{appKey}</bdi>,
    },
    {
      title: t.messages.status,
      dataIndex: 'disabled',
      width: 110,
      responsive: ['sm'],
      render: (disabled: boolean) => (
        <Tag color={disabled ? 'warning' : 'success'}>{disabled ? t.robots.disabled : t.robots.enabled}</Tag>
      ),
    },
    {
      title: t.actions,
      key: 'actions',
      width: 120,
      render: (_, robot) => (
        <Button onClick={() => show(robot)} aria-label={`${t.robots.details} ${isolate(robot.name)}`}>
          {t.robots.details}
        </Button>
      ),
    },
  ];
}

type Given = { readonly robotCode: string; readonly name: string; readonly appKey: string };

function NewRobot({
  onClose,
  onCreated,
}: {
  readonly onClose: () => void;
  readonly onCreated: (robot: ConsoleRobot) => void;
}) {
  const t = useTexts();
  const change = useChange();
  const submit = async (given: Given) => {
    const answer = await change<ConsoleRobot>('POST', path, given, t.saved);
    if (answer) onCreated(answer);
    return answer !== undefined;
  };
  const required = [{ required: true, whitespace: true, message: t.required }];
  return (
    <FormDialog<Given> title={t.robots.add} okText={t.create} onClose={onClose} onSubmit={submit}>
      <Form.Item name="robotCode" label="robotCode" rules={required}>
        <Input maxLength={128} autoComplete="off" />
      </Form.Item>
      <Form.Item name="name" label={t.name} rules={required}>
        <Input maxLength={200} autoComplete="off" dir="auto" />
      </Form.Item>
      <Form.Item name="appKey" label={t.robots.app} rules={required}>
        <Choice source={apps} />
      </Form.Item>
    </FormDialog>
  );
}
