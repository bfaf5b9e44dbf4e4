import { EditOutlined, MessageOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import type { DepartmentDetail, UserDetail } from '../../../../src/client/answers.ts';
import { isolate } from '../../../shared/isolate.ts';
import { type Loaded, useLoaded } from '../../data/load.ts';
import { departmentsOf, itemPath, usersOf } from '../../data/sources.ts';
import { Allowed } from '../../parts/allowed.tsx';
import { Back } from '../../parts/back.tsx';
import { Code, Head } from '../../parts/common.tsx';
import { CorpNeeded } from '../../parts/corp-needed.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { Loadable } from '../../parts/lists/loadable.tsx';
import { Time } from '../../parts/time.tsx';
import { Link, navigate, type PageProps } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { departmentPage } from '../departments/paths.ts';
import type { Membership } from './memberships.ts';
import { UserEdit } from './user-edit.tsx';

/** One user, with everything that a directory of people knows. */
export default function User({ id }: PageProps) {
  const t = useTexts();
  return (
    <>
      <Back to="/users">{t.person.back}</Back>
      <CorpNeeded title={t.pages.users}>{(corpId) => <UserOf corpId={corpId} userId={id} />}</CorpNeeded>
    </>
  );
}

function UserOf({ corpId, userId }: { readonly corpId: string; readonly userId: string }) {
  const loaded = useLoaded<UserDetail>(itemPath(usersOf(corpId), userId));
  return <Loadable of={loaded}>{(user) => <Shown corpId={corpId} user={user} of={loaded} />}</Loadable>;
}

type ShownProps = {
  readonly corpId: string;
  readonly user: UserDetail;
  readonly of: Loaded<UserDetail>;
};

function Shown({ corpId, user, of }: ShownProps) {
  const t = useTexts();
  const [isEditing, setEditing] = useState(false);
  return (
    <>
      <Head title={<bdi>{user.name}</bdi>} name={user.name} hint={<bdi>{user.userId}</bdi>}>
        <Button
          icon={<MessageOutlined />}
          onClick={() => navigate(`/messages?${new URLSearchParams({ userId: user.userId })}`)}
        >
          {t.person.messages}
        </Button>
        {user.leftAt === null && (
          <Allowed right="users.change">
            <Button type="primary" icon={<EditOutlined />} onClick={() => setEditing(true)}>
              {t.edit}
            </Button>
          </Allowed>
        )}
      </Head>
      <Facts facts={useFacts(corpId, user)} />
      {isEditing && <UserEdit corpId={corpId} user={user} onClose={() => setEditing(false)} onChanged={of.reload} />}
    </>
  );
}

function useFacts(corpId: string, user: UserDetail): readonly Fact[] {
  const t = useTexts();
  const contact = (['mobile', 'email', 'jobNumber', 'title'] as const).map(
    (field): Fact => [t.person[field], user[field] === null ? '–' : <bdi key={field}>{user[field]}</bdi>],
  );
  return [
    ...(user.leftAt === null ? [] : [[t.users.leftAt, <Time key="left" at={user.leftAt} />] as const]),
    ...contact,
    ...(user.blockedRobots.length === 0
      ? []
      : [[t.person.blocked, user.blockedRobots.map(isolate).join(', ')] as const]),
    [
      t.person.departments,
      <ul key="departments" className="tiles one">
        {user.departments.map((membership) => (
          <DepartmentLink key={membership.deptId} corpId={corpId} membership={membership} />
        ))}
      </ul>,
      'wide',
    ],
    [
      t.person.unionId,
      <Code key="unionId" name={t.person.unionId}>
        {user.unionId}
      </Code>,
      'wide',
    ],
  ];
}

type LinkProps = { readonly corpId: string; readonly membership: Membership };

/** A department of a user, by its id until its name has loaded. */
function DepartmentLink({ corpId, membership: { deptId, manager } }: LinkProps) {
  const t = useTexts();
  const { data } = useLoaded<DepartmentDetail>(itemPath(departmentsOf(corpId), String(deptId)));
  return (
    <li>
      <Link to={departmentPage(deptId)}>
        <bdi>{data?.name ?? String(deptId)}</bdi>
      </Link>
      {manager && <span className="soft">{t.departments.manager}</span>}
    </li>
  );
}
