import { describe } from 'vitest';
import { describeAccept } from './contract/accept.contract.ts';
import { describeConversations } from './contract/conversations.contract.ts';
import { describeCustomRobots } from './contract/custom-robots.contract.ts';
import { describeDays } from './contract/days.contract.ts';
import { describeDepartments } from './contract/departments.contract.ts';
import { describeDings } from './contract/dings.contract.ts';
import { describeDirectory } from './contract/directory.contract.ts';
import { describeEngine } from './contract/engine.contract.ts';
import { describeGrants } from './contract/grants.contract.ts';
import { describeGroupMessages } from './contract/group-messages.contract.ts';
import { describeGroups } from './contract/groups.contract.ts';
import { describeInbox } from './contract/inbox.contract.ts';
import { describeInboxConversations } from './contract/inbox-conversations.contract.ts';
import { describeMedia } from './contract/media.contract.ts';
import { describeMessages } from './contract/messages.contract.ts';
import { describeNotices } from './contract/notices.contract.ts';
import { describeOperator } from './contract/operator.contract.ts';
import { describePeople } from './contract/people.contract.ts';
import { describeProcesses } from './contract/processes.contract.ts';
import { describeRetention } from './contract/retention.contract.ts';
import { describeSnapshots } from './contract/snapshot.contract.ts';
import { describeStreamMode } from './contract/stream-mode.contract.ts';
import { describeStreams } from './contract/streams.contract.ts';
import { describeSubscriptions } from './contract/subscriptions.contract.ts';
import { describeTalk } from './contract/talk.contract.ts';
import type { Open } from './contract/world.contract.ts';

/** The test suite that every engine must pass. An engine only supplies the function that opens an empty store. */
export function describeStore(name: string, open: Open): void {
  describe(name, () => {
    describeEngine(open);
    describeDirectory(open);
    describePeople(open);
    describeDepartments(open);
    describeAccept(open);
    describeConversations(open);
    describeGroups(open);
    describeMessages(open);
    describeGroupMessages(open);
    describeInbox(open);
    describeInboxConversations(open);
    describeStreams(open);
    describeGrants(open);
    describeRetention(open);
    describeDays(open);
    describeSnapshots(open);
    describeOperator(open);
    describeProcesses(open);
    describeMedia(open);
    describeDings(open);
    describeCustomRobots(open);
    describeNotices(open);
    describeStreamMode(open);
    describeTalk(open);
    describeSubscriptions(open);
  });
}
