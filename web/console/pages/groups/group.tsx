import { EditOutlined, MessageOutlined, StopOutlined } from '@ant-design/icons';
import { Button, Form, Input } from 'antd';
import { useMemo, useState } from 'react';
import type { ConsoleGroup } from '../../../../src/client/answers.ts';
import { useChange } from '../../data/changes.ts';
import { useLoaded } from '../../data/load.ts';
import { robotsIn, usersOf } from '../../data/sources.ts';
import { Allowed, useCan } from '../../parts/allowed.tsx';
import { Back } from '../../parts/back.tsx';
import { Choice } from '../../parts/choices/choice.tsx';
import { ManyChoice } from '../../parts/choices/many-choice.tsx';
import { PersonLink } from '../../parts/choices/person-link.tsx';
import { Code, Head } from '../../parts/common.tsx';
import { useConfirm } from '../../parts/confirm.ts';
import { CorpNeeded } from '../../parts/corp-needed.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useFormat } from '../../parts/format.ts';
import { Loadable } from '../../parts/lists/loadable.tsx';
import { useFormChange } from '../../parts/refusal.tsx';
import { Time } from '../../parts/time.tsx';
import { navigate, type PageProps } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { GroupCustomRobots } from './custom-robots.tsx';
import { GroupMembers } from './members.tsx';
import { GroupState, groupCall } from './state.tsx';

/** One group with its members and robots. */
export default function Group({ id }: PageProps) {
  const t = useTexts();
  return (
    <>
      <Back to="/groups">{t.chats.back}</Back>
      <CorpNeeded title={t.pages.groups}>{(corpId) => <GroupOf corpId={corpId} id={id} />}</CorpNeeded>
    </>
  );
}

function GroupOf({ corpId, id }: { readonly corpId: string; readonly id: string }) {
  const loaded = useLoaded<ConsoleGroup>(groupCall(corpId, id));
  return (
    <Loadable of={loaded}>
      {(group) => <Shown corpId={corpId} group={group} onChanged={loaded.replace} onFailed={loaded.reload} />}
    </Loadable>
  );
}

type ShownProps = {
  readonly corpId: string;
  readonly group: ConsoleGroup;
  readonly onChanged: (group: ConsoleGroup) => void;
  /** Some robots were changed and others were not. */
  readonly onFailed: () => void;
};

function Shown({ corpId, group, onChanged, onFailed }: ShownProps) {
  return (
    <>
      <Head title={<bdi>{group.title}</bdi>} name={group.title} hint={<GroupState group={group} />}>
        <Actions corpId={corpId} group={group} onChanged={onChanged} />
      </Head>
      <Facts facts={useFacts(corpId, group)} />
      <Robots corpId={corpId} group={group} onChanged={onChanged} onFailed={onFailed} />
      <GroupCustomRobots corpId={corpId} group={group} />
      <GroupMembers corpId={corpId} group={group} onChanged={onChanged} />
    </>
  );
}

function useFacts(corpId: string, group: ConsoleGroup): readonly Fact[] {
  const t = useTexts();
  const format = useFormat();
  const { owner, memberCount, createdAt, disbandedAt, openConversationId, chatId } = group;
  const ownerLink = <PersonLink key="owner" corpId={corpId} userId={owner} />;
  return [
    [t.chats.owner, owner === '' ? t.chats.noOwner : ownerLink],
    [t.chats.memberCount, format.number(memberCount)],
    [t.chats.created, <Time key="created" at={createdAt} />],
    ...(disbandedAt === null ? [] : [[t.chats.disbandedAt, <Time key="disbanded" at={disbandedAt} />] as const]),
    [
      'openConversationId',
      <Code key="id" name="openConversationId">
        {openConversationId}
      </Code>,
      'wide',
    ],
    [
      'chatId',
      <Code key="chatId" name="chatId">
        {chatId}
      </Code>,
      'wide',
    ],
  ];
}

type PartProps = Omit<ShownProps, 'onFailed'>;

function Actions({ corpId, group, onChanged }: PartProps) {
  const t = useTexts();
  const confirm = useConfirm();
  const change = useChange();
  const [isEditing, setEditing] = useState(false);
  const { openConversationId, title, disbandedAt } = group;
  const disband = async () => {
    const answer = await change<ConsoleGroup>('POST', groupCall(corpId, openConversationId, '/disband'), {}, t.saved);
    if (answer) onChanged(answer);
  };
  const ask = () =>
    confirm({
      title: t.chats.disbandTitle(title),
      text: t.chats.disbandText,
      action: t.chats.disband,
      run: disband,
    });
  return (
    <>
      <Button
        icon={<MessageOutlined />}
        onClick={() => navigate(`/messages?${new URLSearchParams({ openConversationId })}`)}
      >
        {t.chats.messages}
      </Button>
      {disbandedAt === null && (
        <Allowed right="groups.change">
          <Button danger icon={<StopOutlined />} onClick={ask}>
            {t.chats.disband}
          </Button>
          <Button type="primary" icon={<EditOutlined />} onClick={() => setEditing(true)}>
            {t.edit}
          </Button>
        </Allowed>
      )}
      {isEditing && <Edit corpId={corpId} group={group} onClose={() => setEditing(false)} onChanged={onChanged} />}
    </>
  );
}

type Given = { readonly title: string; readonly owner?: string };

/** The dialog for the title and the owner of a group. */
function Edit({ corpId, group, onChanged, onClose }: PartProps & { readonly onClose: () => void }) {
  const t = useTexts();
  const { change, refusal } = useFormChange();
  const source = useMemo(() => usersOf(corpId), [corpId]);
  const submit = async (given: Given) => {
    const answer = await change<ConsoleGroup>('PUT', groupCall(corpId, group.openConversationId), given, t.saved);
    if (answer) onChanged(answer);
    return answer !== undefined;
  };
  return (
    <FormDialog<Given>
      title={t.chats.edit}
      okText={t.save}
      initial={{ title: group.title, ...(group.owner && { owner: group.owner }) }}
      refusal={refusal}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.Item name="title" label={t.chats.title} rules={[{ required: true, whitespace: true, message: t.required }]}>
        <Input maxLength={200} autoComplete="off" dir="auto" />
      </Form.Item>
      <Form.Item name="owner" label={t.chats.owner} extra={t.chats.ownerHint}>
        <Choice source={source} />
      </Form.Item>
    </FormDialog>
  );
}

/** The robots of a group. A change takes effect at once. */
function Robots({ corpId, group, onChanged, onFailed }: ShownProps) {
  const t = useTexts();
  const change = useChange();
  const source = useMemo(() => robotsIn(corpId), [corpId]);
  const canChange = useCan()('groups.change');
  const { openConversationId, robots, disbandedAt } = group;
  const set = async (codes: readonly string[]) => {
    const changed = [...codes, ...robots].find((code) => codes.includes(code) !== robots.includes(code));
    if (changed === undefined) return;
    const path = groupCall(corpId, openConversationId, `/robots/${encodeURIComponent(changed)}`);
    const answer = await change<ConsoleGroup>('PUT', path, { installed: codes.includes(changed) }, t.saved);
    if (answer) onChanged(answer);
    else onFailed();
  };
  return (
    <section className="box">
      <h2>{t.chats.robots}</h2>
      {robots.length === 0 && <p className="soft">{t.chats.noRobots}</p>}
      {disbandedAt === null && canChange ? (
        <ManyChoice source={source} label={t.chats.addRobot} value={robots} onChange={set} />
      ) : (
        <p>
          {robots.map((code) => (
            <bdi key={code}>{code} </bdi>
          ))}
        </p>
      )}
    </section>
  );
}
