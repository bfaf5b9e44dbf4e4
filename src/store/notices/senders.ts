/**
 * The numbers of the senders of messages. A message has the number of its sender in `robot_id`, for which keys have 24
 * bits. Robots and custom robots are in the lower half. The upper half is for apps that send without a robot: work notices
 * are in its first half, messages to groups in its second.
 */
export const firstNoticeSender = 2 ** 23;
const firstGroupSender = firstNoticeSender + 2 ** 22;

/** The largest number of an app that fits into the numbers of senders. */
export const lastApp = 2 ** 22 - 1;

/** The column `sender` of a message that is a work notice. */
export const noticeSender = 3;

/** The column `sender` of an app's message to a group. */
export const groupSender = 4;

/** Returns the number under which an app sends work notices. */
export function noticeSenderOf(appId: number): number {
  return firstNoticeSender + appId;
}

/** Returns the number under which an app sends messages to groups. */
export function groupSenderOf(appId: number): number {
  return firstGroupSender + appId;
}

/** Whether a number is one under which an app sends work notices. */
export function isNoticeSender(robotId: number): boolean {
  return robotId >= firstNoticeSender && robotId < firstGroupSender;
}

/** Whether a number is one under which an app sends messages to groups. */
export function isGroupSender(robotId: number): boolean {
  return robotId >= firstGroupSender;
}

/** Returns the number of the app that has sent a message without a robot; undefined for a message of a robot. */
export function appOfSender(robotId: number): number | undefined {
  if (robotId < firstNoticeSender) return undefined;
  return robotId - (isGroupSender(robotId) ? firstGroupSender : firstNoticeSender);
}
