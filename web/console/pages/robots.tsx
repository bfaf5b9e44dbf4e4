import { PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Tag } from 'antd';
import { useState } from 'react';
import type { ConsoleRobot, RobotsAnswer } from '../../../src/client/answers.ts';
import { isolate } from '../../shared/isolate.ts';
import { useCorpNames } from '../data/corp-names.ts';
import { useList } from '../data/list.ts';
import { useOpenedItem } from '../data/opened.ts';
import { apps, robots } from '../data/sources.ts';
import { Allowed } from '../parts/allowed.tsx';
import { Choice } from '../parts/choices/choice.tsx';
import { Failure, Head, Nothing } from '../parts/common.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { type Column, List } from '../parts/lists/list.tsx';
import { Search, useSearchText, withSearch } from '../parts/lists/search.tsx';
import { TwoLines } from '../parts/lists/two-lines.tsx';
import { useFormChange } from '../parts/refusal.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { RobotDetail } from './robot-detail.tsx';

const path = '/console/v1/robots';

/** The robots, which send messages: their apps, installations and status. */
export default function Robots() {
  const t = useTexts();
  const text = useSearchText();
  const list = useList<ConsoleRobot, RobotsAnswer>(withSearch(path, text), (page) => page.robots);
  const [isNew, setNew] = useState(false);
  const shown = useOpenedItem(robots, list.items);
  const onCreated = (robot: ConsoleRobot) => {
    list.reload();
    shown.open(robot.robotCode);
  };
  return (
    <>
      <Head title={t.pages.robots} hint={t.robots.hint}>
        <Allowed right="robots.change">
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setNew(true)}>
            {t.robots.add}
          </Button>
        </Allowed>
      </Head>
      <Search label={t.robots.search} />
      {shown.error && <Failure error={shown.error} />}
      <List
        name={t.pages.robots}
        list={list}
        columns={useColumns(list.items, shown.open)}
        keyOf={({ robotCode }) => robotCode}
        empty={<Nothing text={text ? t.choices.nothing : t.robots.nothing} />}
      />
      {isNew && <NewRobot onClose={() => setNew(false)} onCreated={onCreated} />}
      {shown.item && <RobotDetail key={shown.code} robot={shown.item} onClose={shown.close} onChanged={list.reload} />}
    </>
  );
}

function useColumns(
  shown: readonly ConsoleRobot[],
  open: (robotCode: string) => void,
): readonly Column<ConsoleRobot>[] {
  const t = useTexts();
  const namesOf = useCorpNames(shown.map(({ installedIn }) => installedIn));
  return [
    {
      key: 'name',
      title: t.name,
      cell: ({ name, robotCode }) => <TwoLines first={name} second={robotCode} />,
    },
    {
      key: 'installedIn',
      title: t.robots.installedIn,
      from: 'md',
      cell: ({ installedIn }) => <span className="one-line soft">{namesOf(installedIn) || t.robots.nowhere}</span>,
    },
    {
      key: 'appKey',
      title: t.robots.app,
      from: 'lg',
      cell: ({ appKey }) => <bdi className="one-line soft">{appKey}</bdi>,
    },
    {
      key: 'disabled',
      title: t.messages.status,
      width: 110,
      cell: ({ disabled }) => (
        <Tag color={disabled ? 'warning' : 'success'}>{disabled ? t.robots.disabled : t.robots.enabled}</Tag>
      ),
    },
    {
      key: 'actions',
      title: t.actions,
      width: 120,
      cell: (robot) => (
        <Button onClick={() => open(robot.robotCode)} aria-label={`${t.robots.details} ${isolate(robot.name)}`}>
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
  const { change, refusal } = useFormChange();
  const submit = async (given: Given) => {
    const answer = await change<ConsoleRobot>('POST', path, given, t.saved);
    if (answer) onCreated(answer);
    return answer !== undefined;
  };
  const required = [{ required: true, whitespace: true, message: t.required }];
  return (
    <FormDialog<Given> title={t.robots.add} okText={t.create} refusal={refusal} onClose={onClose} onSubmit={submit}>
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
