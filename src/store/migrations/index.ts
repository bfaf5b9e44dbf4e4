import type { Migrations } from '../engine/sql.ts';
import { first } from './001-first.ts';
import { streams } from './002-streams.ts';
import { forConsole } from './003-console.ts';
import { processes } from './004-processes.ts';
import { hourly } from './005-hourly.ts';
import { days } from './006-days.ts';
import { manners } from './007-manners.ts';
import { blocks } from './008-blocks.ts';
import { people } from './009-people.ts';
import { departments } from './010-departments.ts';
import { media } from './011-media.ts';
import { conversations } from './012-conversations.ts';
import { dings } from './013-dings.ts';
import { groupNames } from './014-group-names.ts';
import { customRobots } from './015-custom-robots.ts';
import { notices } from './016-notices.ts';
import { conversationMessages } from './017-conversation-messages.ts';
import { receiversAndCoolApps } from './018-receivers-and-cool-apps.ts';
import { stream } from './019-stream.ts';
import { talk } from './020-talk.ts';
import { subscriptions } from './021-subscriptions.ts';
import { senders } from './022-senders.ts';
import { streamEvents } from './023-stream-events.ts';
import { cards } from './024-cards.ts';
import { push } from './025-push.ts';
import { organizationEvents } from './026-organization-events.ts';
import { cardDeliveries } from './027-card-deliveries.ts';
import { undeliveredMessages } from './028-undelivered-messages.ts';
import { cardMessages } from './029-card-messages.ts';
import { operators } from './030-operators.ts';
import { recipients } from './031-recipients.ts';
import { roles } from './roles.ts';

const scripts = [
  first,
  streams,
  forConsole,
  processes,
  hourly,
  days,
  manners,
  blocks,
  people,
  departments,
  media,
  conversations,
  dings,
  groupNames,
  customRobots,
  notices,
  conversationMessages,
  receiversAndCoolApps,
  stream,
  talk,
  subscriptions,
  senders,
  streamEvents,
  cards,
  push,
  organizationEvents,
  cardDeliveries,
  undeliveredMessages,
  cardMessages,
  operators,
  recipients,
];

/** All schema steps in order. Released steps are never edited. */
export const migrations: Migrations = {
  latest: scripts.length,
  script: (version) => scripts[version - 1] ?? '',
  roles,
};
