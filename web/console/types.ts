/** The answers of the server that the console shows. */
export type { ConsoleSessionAnswer, SignInCodeAnswer } from '../../src/wire/console.ts';
export type {
  AppSecretAnswer,
  AppsAnswer,
  AuditAnswer,
  ConsoleApp,
  ConsoleOrganization,
  ConsoleRobot,
  ConsoleTicket,
  ConsoleTicketsAnswer,
  ConsoleUser,
  OrganizationsAnswer,
  RobotChangeBody,
  RobotsAnswer,
  StatisticsAnswer,
  UserImportAnswer,
  UsersAnswer,
} from '../../src/wire/console-directory.ts';
export type {
  ConsoleEvent,
  ConsoleMessage,
  ConsoleMessageDetail,
  ConsoleMessagesAnswer,
  ConsoleRecipient,
  ConsoleUnreadAnswer,
} from '../../src/wire/console-messages.ts';
