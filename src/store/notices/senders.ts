/**
 * The numbers under which apps send work notices. A message has the number of its sender in `robot_id`; those of apps
 * are in the upper half of the 24 bits that keys have for it, and those of robots in the lower half.
 */
export const firstNoticeSender = 2 ** 23;

/** The column `sender` of a message that is a work notice. */
export const noticeSender = 3;

/** Returns the number under which an app sends work notices. */
export function noticeSenderOf(appId: number): number {
  return firstNoticeSender + appId;
}

/** Returns the number of the app that has sent a message; undefined for a message of a robot. */
export function appOfSender(robotId: number): number | undefined {
  return robotId >= firstNoticeSender ? robotId - firstNoticeSender : undefined;
}
