import { type Driver, queryRows, sql, type Work } from '../engine/sql.ts';
import type { Robot, RobotSettings } from '../model.ts';
import { raiseDirectoryVersion } from './directory.ts';

const upsertSettings = sql(
  'put_robot_settings',
  `insert into robot_settings (corp_id, robot_id, name, icon, brief, description, status, plugins)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (corp_id, robot_id) do update set
     name = coalesce(excluded.name, robot_settings.name), icon = coalesce(excluded.icon, robot_settings.icon),
     brief = coalesce(excluded.brief, robot_settings.brief),
     description = coalesce(excluded.description, robot_settings.description),
     status = coalesce(excluded.status, robot_settings.status),
     plugins = coalesce(excluded.plugins, robot_settings.plugins)`,
);
const renameRobot = sql('rename_robot', `update robots set name = $3 where corp_id = $1 and id = $2`);

/**
 * Changes the settings of an organization's robot. Absent fields stay unchanged. The name of a robot of the
 * organization's own app is changed in the robot itself, where the console shows and changes it.
 */
function* putRobotSettings(corpId: number, robot: Robot, change: Partial<RobotSettings>): Work<void> {
  yield* raiseDirectoryVersion();
  const { icon = null, brief = null, description = null, status = null, plugins = null } = change;
  const isOwn = robot.corpId === corpId;
  if (isOwn && change.name != null) yield* queryRows(renameRobot, corpId, robot.id, change.name);
  const name = isOwn ? null : (change.name ?? null);
  yield* queryRows(upsertSettings, corpId, robot.id, name, icon, brief, description, status, plugins);
}

/** Creates the verbs for the settings of robots. */
export function createRobotSettingsVerbs(driver: Driver) {
  return {
    /** Changes the settings of an organization's robot; see `putRobotSettings`. */
    put: (corpId: number, robot: Robot, change: Partial<RobotSettings>) =>
      driver.write(() => putRobotSettings(corpId, robot, change)),
  };
}

export type RobotSettingsVerbs = ReturnType<typeof createRobotSettingsVerbs>;
