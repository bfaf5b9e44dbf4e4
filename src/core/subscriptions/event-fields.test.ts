import { expect, test } from 'vitest';
import type { OrganizationChange } from '../../store/directory/organization-changes.ts';
import { renderHttpEvent, renderStreamEvent } from './event-fields.ts';

const at = 1_767_225_600_000;
const ann = { userId: 'ann', unionId: 'union-ann' };
const bob = { userId: 'bob', unionId: 'union-bob' };
const group = { openConversationId: 'cid1==', chatId: 'chat1', title: 'Team' };
const by = { operatorUnionId: '', openConversationId: 'cid1==', operator: '' };
const ofGroup = { timeStamp: at, chatId: 'chat1', corpId: 'corp', ...by };

/** Changes with their fields in Stream mode and, if they differ, in HTTP pushes. */
const cases: readonly (readonly [change: OrganizationChange, stream: object, http?: object])[] = [
  [
    { type: 'chat_add_member', ...group, members: [ann, bob] },
    { ...ofGroup, unionId: ['union-ann', 'union-bob'], userId: ['ann', 'bob'] },
  ],
  [
    { type: 'chat_remove_member', ...group, members: [bob] },
    { ...ofGroup, unionId: ['union-bob'], userId: ['bob'] },
  ],
  [
    { type: 'chat_quit', ...group, members: [bob], operator: bob },
    { ...ofGroup, operator: 'bob', operatorUnionId: 'union-bob' },
  ],
  [
    { type: 'chat_update_title', ...group },
    { ...ofGroup, title: 'Team' },
  ],
  [
    { type: 'chat_update_owner', ...group, owner: bob },
    { owner: 'bob', timeStamp: at, corpId: 'corp', operatorUnionId: '', openConversationId: 'cid1==' },
  ],
  [{ type: 'chat_disband', ...group }, ofGroup],
  [
    { type: 'user_add_org', userId: 'ann', name: 'Ann' },
    { timeStamp: at, userId: ['ann'] },
    { TimeStamp: at, UserId: ['ann'] },
  ],
  [
    { type: 'org_dept_modify', deptId: 100, name: 'Sales', parentId: 1 },
    { timeStamp: at, deptId: [100] },
    { TimeStamp: at, DeptId: [100] },
  ],
];

for (const [change, stream, http = stream] of cases) {
  test(`${change.type} has its fields in Stream mode and in HTTP pushes`, () => {
    const event = { change, at, corpCode: 'corp' };
    expect(renderStreamEvent(event)).toEqual(stream);
    expect(renderHttpEvent(event)).toEqual(http);
  });
}
