/** The response types of huizhi's own APIs (inbox, console, emulator), for the pages in web/. Types only, no code. */
export type {
  CardActionAnswer,
  ConsoleCardAnswer,
  ConsoleCardsAnswer,
  InboxCard,
  InboxCardEvent,
} from '../wire/own/cards.ts';
export type { ComposeAnswer, ComposeCheckAnswer } from '../wire/own/compose.ts';
export type {
  ConsoleSessionAnswer,
  ConsoleSignInAnswer,
  ConsoleStatusAnswer,
  PageTotal,
  SignInCodeAnswer,
} from '../wire/own/console.ts';
export type {
  AppSecretAnswer,
  AppsAnswer,
  AuditAnswer,
  ConsoleApp,
  ConsoleOrganization,
  ConsolePerson,
  ConsoleRobot,
  ConsoleTicketsAnswer,
  ConsoleUser,
  DepartmentDetail,
  DepartmentMembersAnswer,
  DepartmentsAnswer,
  FormerUser,
  FormerUsersAnswer,
  KnownSecretAnswer,
  ListedUser,
  OrganizationsAnswer,
  RobotBlocksAnswer,
  RobotChangeBody,
  RobotsAnswer,
  StatisticsAnswer,
  UserDetail,
  UserImportAnswer,
  UsersAnswer,
} from '../wire/own/console-directory.ts';
export type { ConsoleGroup, GroupMembersAnswer, GroupsAnswer, MembershipsAnswer } from '../wire/own/console-groups.ts';
export type {
  ConsoleEvent,
  ConsoleMessage,
  ConsoleMessageDetail,
  ConsoleMessagesAnswer,
  ConsoleNonReadersAnswer,
  ConsoleReadersAnswer,
  ConsoleRecipient,
  ConsoleUnreadAnswer,
} from '../wire/own/console-messages.ts';
export type { ConsoleRight } from '../wire/own/console-rights.ts';
export type { ConsoleCustomRobot, CustomRobotsAnswer, NewCustomRobot } from '../wire/own/custom-robots.ts';
export type {
  ConsoleDingsAnswer,
  DingQuotaAnswer,
  InboxDing,
  InboxDingsAnswer,
} from '../wire/own/dings.ts';
export type {
  ClockAnswer,
  DeliveryAnswer,
  FaultsAnswer,
  ReadersAnswer,
  ReleaseAnswer,
  RequestRecord,
  RequestsAnswer,
} from '../wire/own/emulator.ts';
export type {
  ConsoleEndpoint,
  ConsoleEventDelivery,
  DeliveriesAnswer,
  EndpointSecretAnswer,
  EndpointsAnswer,
  NewEndpoint,
  TestAnswer,
} from '../wire/own/endpoints.ts';
export type {
  InboxFoundMessage,
  InboxMatch,
  InboxMessage,
  InboxMessagesAnswer,
  InboxPeopleAnswer,
  InboxRobot,
  InboxSearchAnswer,
  InboxUser,
  InboxWhoAnswer,
} from '../wire/own/inbox.ts';
export type {
  InboxConversation,
  InboxConversationSettings,
  InboxConversationsAnswer,
  InboxMember,
  InboxMembersAnswer,
} from '../wire/own/inbox-conversations.ts';
export type { ListedMedia, MediaAnswer, MediaUsageAnswer } from '../wire/own/media.ts';
export type { ConsoleNotice, ConsoleNoticeAnswer, ConsoleNoticesAnswer, MissedAnswer } from '../wire/own/notices.ts';
export type { ConsoleOperator, OperatorLinkAnswer, OperatorsAnswer } from '../wire/own/operators.ts';
export type { PushAnswer } from '../wire/own/push.ts';
export type { StreamConnectionsAnswer, StreamEventsAnswer } from '../wire/own/stream.ts';
export type {
  InboxMediaAnswer,
  InboxSayAnswer,
  InboxSayBody,
  MessageUrlAnswer,
  MessageUrlTestAnswer,
} from '../wire/own/talk.ts';
