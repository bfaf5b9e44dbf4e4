import { type AuditEntry, audit } from '../console/audit.ts';
import type { Driver } from '../engine/sql.ts';
import * as robots from './custom-robots.ts';

/** Creates the verbs for custom robots. Times are epoch milliseconds. */
export function createCustomRobotVerbs(driver: Driver) {
  return {
    /** Finds the custom robot with a token, by the SHA-256 of the token. */
    byToken: (tokenHash: string) => driver.read(() => robots.findWebhook(tokenHash)),
    /** Finds a custom robot by its code, also a deleted one. */
    byCode: (corpId: number, code: string) => driver.read(() => robots.findCustomRobot(corpId, code)),
    /** Reads a page of an organization's custom robots after the number `after` (0 at first); see `readCustomRobots`. */
    page: (corpId: number, conversationId: number | undefined, after: number, limit: number) =>
      driver.read(() => robots.readCustomRobots(corpId, conversationId, after, limit)),
    /**
     * Creates a custom robot, with an audit entry if the console creates it.
     *
     * @throws StoreError `taken` if another custom robot has the code or the token
     */
    create: (robot: robots.CustomRobot, entry?: AuditEntry) =>
      driver.write(function* () {
        yield* robots.putCustomRobot(robot);
        if (entry) yield* audit(entry);
      }),
    /**
     * Changes a custom robot, with an audit entry if the console changes it. Resolves with the robot, or with undefined,
     * without changes, if it does not exist or is deleted.
     *
     * @throws StoreError `taken` if another custom robot has the token
     */
    change: (corpId: number, id: number, change: robots.CustomRobotChange, entry?: AuditEntry) =>
      driver.write(function* () {
        const changed = yield* robots.changeCustomRobot(corpId, id, change);
        if (changed && entry) yield* audit(entry);
        return changed;
      }),
    /** Removes up to `limit` custom robots that were deleted before a time, and resolves with how many. */
    prune: (corpId: number, before: number, limit: number) =>
      driver.write(() => robots.pruneCustomRobots(corpId, before, limit)),
  };
}

export type CustomRobotVerbs = ReturnType<typeof createCustomRobotVerbs>;
