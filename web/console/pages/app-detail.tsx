import { KeyOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Drawer, Select, Tag } from 'antd';
import { useRef, useState } from 'react';
import type { AppSecretAnswer, ConsoleApp, ConsoleTicketsAnswer } from '../../../src/client/answers.ts';
import { useChange } from '../data/changes.ts';
import { useLoaded } from '../data/load.ts';
import { Allowed, Editable, SharedHint } from '../parts/allowed.tsx';
import { Code, Failure } from '../parts/common.tsx';
import { CorpSwitches } from '../parts/corp-switches.tsx';
import { useRestoreFocus } from '../parts/focus.ts';
import { useFormat } from '../parts/format.ts';
import { useFormChange } from '../parts/refusal.tsx';
import { useTexts } from '../texts/use-texts.ts';
import { AppConnections } from './app-connections.tsx';
import { AppEvents } from './app-events.tsx';
import { AppMessageUrl } from './app-message-url.tsx';
import { AppPush } from './push/section.tsx';

type Props = {
  readonly app: ConsoleApp;
  readonly onClose: () => void;
  readonly onChanged: () => void;
  readonly onSecret: (answer: AppSecretAnswer) => void;
};

type Put = (path: string, body: object) => Promise<ConsoleApp | undefined>;
type PartProps = { readonly app: ConsoleApp; readonly put: Put };

/** The drawer in which an app is edited. */
export function AppDetail({ app: given, onClose, onChanged, onSecret }: Props) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  useRestoreFocus();
  const [app, setApp] = useState(given);
  const [secretNumber, setSecretNumber] = useState(0);
  const reveal: Props['onSecret'] = (answer) => {
    setSecretNumber((number) => number + 1);
    onSecret(answer);
  };
  const put: Put = async (path, body) => {
    const changed = await change<ConsoleApp>('PUT', pathOf(app.appKey) + path, body, t.saved);
    if (!changed) return undefined;
    setApp(changed);
    onChanged();
    return changed;
  };
  return (
    <Drawer
      open
      onClose={onClose}
      size={480}
      title={<bdi>{app.appKey}</bdi>}
      extra={
        <Allowed right="apps.change" corpId={app.corpId}>
          <Rotate app={app} onSecret={reveal} />
        </Allowed>
      }
    >
      <p className="soft spaced">
        <Tag>{t.apps.kinds[app.kind]}</Tag> {t.apps.kindHints[app.kind]}
      </p>
      {app.corpId === null && <SharedHint right="apps.change" text={t.apps.shared} />}
      {refusal}
      <Editable right="apps.change" corpId={app.corpId}>
        <Permissions app={app} put={put} />
        {app.corpId !== null && <AppEvents appKey={app.appKey} corpId={app.corpId} />}
      </Editable>
      {app.corpId === null && <Authorizations app={app} put={put} />}
      <Allowed right="apps.change" corpId={app.corpId}>
        {app.corpId === null && <Tickets appKey={app.appKey} />}
      </Allowed>
      {app.corpId !== null && <AppPush appKey={app.appKey} corpId={app.corpId} />}
      <Allowed right="apps.read" corpId={app.corpId}>
        <AppMessageUrl app={app} secretNumber={secretNumber} />
        <AppConnections appKey={app.appKey} />
      </Allowed>
    </Drawer>
  );
}

const pathOf = (appKey: string) => `/console/v1/apps/${encodeURIComponent(appKey)}`;

function Rotate({ app, onSecret }: { readonly app: ConsoleApp; readonly onSecret: Props['onSecret'] }) {
  const t = useTexts();
  const { modal } = App.useApp();
  const change = useChange();
  const ask = () =>
    modal.confirm({
      title: t.apps.rotateTitle(app.appKey),
      content: t.apps.rotateText,
      okText: t.apps.rotate,
      okButtonProps: { danger: true },
      cancelText: t.cancel,
      onOk: async () => {
        const answer = await change<AppSecretAnswer>('POST', `${pathOf(app.appKey)}/rotate`, {});
        if (answer) onSecret(answer);
      },
    });
  return (
    <Button danger icon={<KeyOutlined />} onClick={ask}>
      {t.apps.rotate}
    </Button>
  );
}

function Permissions({ app, put }: PartProps) {
  const t = useTexts();
  // The selection while its request is pending; a further selection builds on it.
  const [chosen, setChosen] = useState<readonly string[]>();
  const newest = useRef(0);
  const set = async (permissions: readonly string[]) => {
    newest.current += 1;
    const number = newest.current;
    setChosen(permissions);
    await put('/permissions', { permissions });
    if (number === newest.current) setChosen(undefined);
  };
  return (
    <div className="field spaced">
      <span>{t.apps.permissions}</span>
      <Select
        mode="tags"
        aria-label={t.apps.permissions}
        value={[...(chosen ?? app.permissions)]}
        onChange={set}
        tokenSeparators={[' ', ',']}
      />
    </div>
  );
}

function Authorizations({ app, put }: PartProps) {
  const t = useTexts();
  const set = (corpId: string, authorized: boolean) =>
    put(`/authorizations/${encodeURIComponent(corpId)}`, { authorized });
  return <CorpSwitches title={t.apps.authorizedBy} right="apps.change" on={app.authorizedBy} onSet={set} />;
}

function Tickets({ appKey }: { readonly appKey: string }) {
  const t = useTexts();
  const format = useFormat();
  const { change, refusal } = useFormChange();
  const path = `${pathOf(appKey)}/suiteTickets`;
  const { data, error, reload } = useLoaded<ConsoleTicketsAnswer>(path);
  const create = async () => {
    if (await change('POST', path, {}, t.saved)) reload();
  };
  return (
    <section>
      <div className="box-head">
        <h2>{t.apps.tickets}</h2>
        <Button icon={<PlusOutlined />} onClick={create}>
          {t.apps.newTicket}
        </Button>
      </div>
      <p className="soft spaced">{data?.suiteTickets.length === 0 ? t.apps.noTickets : t.apps.ticketText}</p>
      {refusal}
      {error && <Failure error={error} onRetry={reload} />}
      {data?.suiteTickets.map(({ suiteTicket, createdAt }) => (
        <p key={suiteTicket} className="spaced">
          <Code name="suiteTicket">{suiteTicket}</Code>
          <br />
          <small className="soft">{format.time(createdAt)}</small>
        </p>
      ))}
    </section>
  );
}
