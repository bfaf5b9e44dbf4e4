/** The console calls for groups. */
import { installedBody, organizationQuery } from '../own/console-directory.ts';
import * as wire from '../own/console-groups.ts';
import { type Call, createNamed, type Named } from './call.ts';
import { askErrors, changeErrors, listErrors } from './console.ts';

const group = {
  openConversationId: 'cidFfyFtIq9gRbZ3nXt0LwKxg==',
  chatId: 'chat15fc85b48abd8116d99d7b74d0bc0ac6',
  title: '项目群',
  owner: '201382020',
  memberCount: 8,
  robots: ['dingzxcifuvdfbvegdf'],
  createdAt: 1778481600000,
  disbandedAt: null,
};
const total = { count: 1, isExact: true };
const groupAnswer = createNamed('ConsoleGroup', wire.consoleGroup, group);
const one = 'groups/{openConversationId}';

const createCall = (method: Call['method'], path: string, id: string, summary: string): Omit<Call, 'answer'> => ({
  method,
  path: `/console/v1/${path}`,
  id,
  tag: 'console',
  summary,
  query: organizationQuery,
  errors: [...changeErrors, 'huizhi.conflict'],
});
const createList = (path: string, id: string, summary: string, query: Call['query'], answer: Named): Call => ({
  ...createCall('get', path, id, summary),
  ...(query && { query }),
  answer,
  errors: listErrors,
});

/** The calls under `/console/v1/groups`. */
export const consoleGroupCalls: readonly Call[] = [
  createList(
    'groups',
    'listGroups',
    'Lists the groups of an organization, or those with a text or state, oldest first',
    wire.groupsQuery,
    createNamed('GroupsAnswer', wire.groupsAnswer, { groups: [group], cursor: null, total }),
  ),
  {
    method: 'post',
    path: '/console/v1/groups',
    id: 'createGroup',
    tag: 'console',
    summary: 'Creates a group of up to 20,000 members',
    body: createNamed('GroupBody', wire.groupBody, {
      corpId: 'dingcorp0001',
      title: group.title,
      owner: group.owner,
      members: ['user001', 'user002'],
      robots: group.robots,
    }),
    answer: groupAnswer,
    errors: [...changeErrors, 'huizhi.conflict'],
  },
  {
    ...createCall('get', one, 'findGroup', 'Returns one group'),
    answer: groupAnswer,
    errors: [...askErrors, 'huizhi.notFound'],
  },
  {
    ...createCall('put', one, 'changeGroup', 'Changes the title or the owner of a group'),
    body: createNamed('GroupChangeBody', wire.groupChangeBody, { title: '新项目群' }),
    answer: groupAnswer,
  },
  createList(
    `${one}/members`,
    'listGroupMembers',
    'Lists the members of a group, in the order in which the users were created',
    wire.groupMembersQuery,
    createNamed('GroupMembersAnswer', wire.groupMembersAnswer, {
      members: [{ userId: '201382020', name: '曲大岳', isAdmin: false }],
      cursor: null,
      total,
    }),
  ),
  createList(
    `${one}/memberships`,
    'listMemberships',
    'Lists who is and was a member of a group, in the order in which the users were created',
    wire.membershipsQuery,
    createNamed('MembershipsAnswer', wire.membershipsAnswer, {
      memberships: [
        { userId: '201382020', name: '曲大岳', isAdmin: false, joined: 1, left: null, leftAt: null, current: true },
      ],
      cursor: null,
    }),
  ),
  {
    ...createCall('post', `${one}/members`, 'changeGroupMembers', 'Adds and removes members, up to 20,000 at once'),
    body: createNamed('GroupMembersBody', wire.groupMembersBody, { add: ['user003'], remove: ['user001'] }),
    answer: groupAnswer,
  },
  {
    ...createCall('put', `${one}/robots/{robotCode}`, 'setGroupRobot', 'Adds a robot to a group, or removes it'),
    body: createNamed('InstalledBody', installedBody, { installed: true }),
    answer: groupAnswer,
  },
  {
    ...createCall('post', `${one}/disband`, 'disbandGroup', 'Disbands a group; its messages stay'),
    answer: groupAnswer,
  },
];
