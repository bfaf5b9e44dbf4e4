import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import type { ConsoleCustomRobot, CustomRobotsAnswer } from '../../../../src/client/answers.ts';
import { isolate } from '../../../shared/isolate.ts';
import type { Paged } from '../../data/load.ts';
import { useOpenedItem } from '../../data/opened.ts';
import type { Source } from '../../data/sources.ts';
import { Allowed } from '../../parts/allowed.tsx';
import { Failure } from '../../parts/common.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { Credentials, type NewCredentials } from './credentials.tsx';
import { CustomRobotDetail } from './detail.tsx';
import { CustomRobotNew } from './new.tsx';

/** The dialogs of a list of custom robots: the new one, the drawer of one, and new credentials. */
export type Dialogs = ReturnType<typeof useCustomRobotDialogs>;

/** The state of the dialogs of a list of custom robots. The open drawer is in the address. */
export function useCustomRobotDialogs(
  source: Source<ConsoleCustomRobot, CustomRobotsAnswer>,
  list: Paged<ConsoleCustomRobot>,
) {
  const opened = useOpenedItem(source, list.items);
  const [isNew, setNew] = useState(false);
  const [credentials, setCredentials] = useState<NewCredentials>();
  return { opened, isNew, setNew, credentials, setCredentials, reload: list.reload };
}

type Props = {
  readonly corpId: string;
  /** The group of new robots; if absent, the dialog asks for it. */
  readonly openConversationId?: string;
  readonly dialogs: Dialogs;
};

/** Shows the dialogs that are open, and the error of a robot that cannot be opened. */
export function CustomRobotDialogs({ corpId, openConversationId, dialogs }: Props) {
  const { opened, isNew, setNew, credentials, setCredentials, reload } = dialogs;
  return (
    <>
      {opened.error && <Failure error={opened.error} />}
      {isNew && (
        <CustomRobotNew
          corpId={corpId}
          openConversationId={openConversationId}
          onClose={() => setNew(false)}
          onCreated={(robot) => {
            setCredentials(robot);
            reload();
          }}
        />
      )}
      {opened.item && (
        <CustomRobotDetail
          key={opened.code}
          corpId={corpId}
          robot={opened.item}
          onClose={opened.close}
          onChanged={reload}
          onCredentials={setCredentials}
        />
      )}
      {credentials && <Credentials of={credentials} onClose={() => setCredentials(undefined)} />}
    </>
  );
}

type ButtonProps = {
  readonly dialogs: Dialogs;
  /** The robot whose drawer the button opens; if absent, the button opens the dialog for a new one. */
  readonly robot?: ConsoleCustomRobot;
  readonly isPrimary?: boolean;
};

/** The button that opens a custom robot, or the dialog for a new one. */
export function CustomRobotButton({ dialogs, robot, isPrimary = false }: ButtonProps) {
  const t = useTexts();
  if (robot)
    return (
      <Button
        onClick={() => dialogs.opened.open(robot.robotCode)}
        aria-label={`${t.robots.details} ${isolate(robot.name)}`}
      >
        {t.robots.details}
      </Button>
    );
  return (
    <Allowed right="customRobots.change">
      <Button type={isPrimary ? 'primary' : 'default'} icon={<PlusOutlined />} onClick={() => dialogs.setNew(true)}>
        {t.customRobots.add}
      </Button>
    </Allowed>
  );
}
