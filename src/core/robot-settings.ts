import type { Robot } from '../store/model.ts';
import { type ErrorCode, wireError } from '../wire/errors.ts';
import { isObject, parseJson } from '../wire/json.ts';
import { maxPlugins } from '../wire/limits.ts';
import { isCleanText } from '../wire/text.ts';
import type { Plugin } from '../wire/vendor/robot-settings.ts';
import { stoppedStatuses } from '../wire/vendor/values.ts';
import type { Caller, Context } from './context.ts';

/** Characters. The vendor documents no lengths. */
const longestName = 200;
const longestText = 2000;

/**
 * Replaces the quick entries of a robot in the caller's organization; an empty list removes them.
 * https://open.dingtalk.com/document/development/set-robot-quick-entrance
 */
export async function setPlugins(context: Context, caller: Caller, robotCode: unknown, list: unknown): Promise<void> {
  const robot = findRobot(context, caller, robotCode);
  const plugins = parsePlugins(list);
  await put(context, caller, robot, { plugins: JSON.stringify(plugins) });
}

/** Returns the quick entries of a robot in the caller's organization. */
export function listPlugins(context: Context, caller: Caller, robotCode: unknown): readonly Plugin[] {
  const robot = findRobot(context, caller, robotCode);
  return pluginsOf(context, caller.organization.corpId, robot.id);
}

/** Returns the quick entries of a robot in an organization. */
export function pluginsOf({ directory }: Context, corpId: number, robotId: number): readonly Plugin[] {
  const plugins = directory.now.settings(corpId, robotId)?.plugins ?? null;
  return plugins === null ? [] : (JSON.parse(plugins) as readonly Plugin[]);
}

/** Returns the name of a robot in an organization. */
export function robotNameIn({ directory }: Context, corpId: number, robot: Robot): string {
  return directory.now.settings(corpId, robot.id)?.name ?? robot.name;
}

/** Sets the status of the one-to-one chat with a robot in the caller's organization; see `isChatStopped`. */
export async function setStatus(context: Context, caller: Caller, robotCode: unknown, status: unknown): Promise<void> {
  const robot = findRobot(context, caller, robotCode);
  const text = typeof status === 'number' ? String(status) : parseText(status, 'status', longestName);
  await put(context, caller, robot, { status: text });
}

/** Whether the one-to-one chat with a robot is stopped in an organization by the status that its app has set. */
export function isChatStopped({ directory }: Context, corpId: number, robot: Robot): boolean {
  const status = directory.now.settings(corpId, robot.id)?.status;
  return status != null && stoppedStatuses.includes(status.trim().toLowerCase());
}

/** How a robot is shown. All fields may be absent; they are not yet validated. */
export type RobotInfo = {
  readonly updateType: unknown;
  readonly name?: unknown;
  readonly icon?: unknown;
  readonly brief?: unknown;
  readonly description?: unknown;
};

/** Changes how a robot is shown in the caller's organization. Absent and null fields stay unchanged. */
export async function setInfo(context: Context, caller: Caller, robotCode: unknown, info: RobotInfo): Promise<void> {
  const robot = findRobot(context, caller, robotCode);
  if (!Number.isSafeInteger(info.updateType)) throw illegal('updateType is not an integer');
  const name = parseOptional(info.name, 'name', longestName);
  if (name !== undefined && /[\r\n]/.test(name)) throw illegal('name has more than one line');
  await put(context, caller, robot, {
    name: name ?? null,
    icon: parseOptional(info.icon, 'icon', longestText) ?? null,
    brief: parseOptional(info.brief, 'brief', longestText) ?? null,
    description: parseOptional(info.description, 'description', longestText) ?? null,
  });
}

type Change = Parameters<Context['store']['robotSettings']['put']>[2];

async function put({ store, directory }: Context, { organization }: Caller, robot: Robot, change: Change) {
  await store.robotSettings.put(organization.corpId, robot, change);
  await directory.refresh();
}

/** Returns the caller's robot. Throws the vendor's `invalidRequest.*` errors. */
function findRobot({ directory }: Context, { app, organization }: Caller, robotCode: unknown): Robot {
  const code = parseText(robotCode, 'robotCode', longestText);
  const robot = directory.now.robot(code);
  if (!robot || !directory.now.isInstalled(organization.corpId, robot.id))
    throw refused('robotNotExist', `there is no robot ${code} in organization ${organization.code}`);
  if (robot.appId !== app.id) throw refused('robotCodeNotMatch', `robot ${code} does not belong to app ${app.code}`);
  if (robot.disabled) throw refused('robotIsStop', `robot ${code} is disabled`);
  return robot;
}

type RequestError = ErrorCode extends infer C ? (C extends `invalidRequest.${infer R}` ? R : never) : never;

const refused = (reason: RequestError, why: string) => wireError(`invalidRequest.${reason}`, { why });
const illegal = (why: string) => wireError('param.illegal', { why });

function parseText(value: unknown, what: string, longest: number): string {
  if (typeof value !== 'string' || value.trim() === '') throw illegal(`${what} is not a text, or it is blank`);
  if (value.length > longest || !isCleanText(value)) throw illegal(`${what} is too long, or cannot be stored`);
  return value;
}

function parseOptional(value: unknown, what: string, longest: number): string | undefined {
  return value === undefined || value === null ? undefined : parseText(value, what, longest);
}

function parsePlugins(list: unknown): readonly Plugin[] {
  if (!Array.isArray(list)) throw illegal('pluginInfoList is not a list');
  if (list.length > maxPlugins) throw refused('exceededMaximumLimit', `there are ${list.length} quick entries`);
  return list.map(parsePlugin);
}

function parsePlugin(value: unknown): Plugin {
  if (typeof value !== 'object' || value === null) throw illegal('a quick entry is not an object');
  const { icon, name, mobileUrl, pcUrl }: { readonly [field in keyof Plugin]?: unknown } = value;
  const addresses = {
    mobileUrl: parseAddress(mobileUrl, 'mobileUrl'),
    pcUrl: parseAddress(pcUrl, 'pcUrl'),
  };
  if (addresses.mobileUrl === undefined && addresses.pcUrl === undefined)
    throw illegal('a quick entry has neither mobileUrl nor pcUrl');
  return {
    icon: parseText(icon, 'icon', longestText),
    name: parseNames(parseText(name, 'name', longestText)),
    ...(addresses.mobileUrl !== undefined && { mobileUrl: addresses.mobileUrl }),
    ...(addresses.pcUrl !== undefined && { pcUrl: addresses.pcUrl }),
  };
}

/** Parses an address. The official SDKs send an empty text for an absent one. */
const parseAddress = (value: unknown, what: string) =>
  value === '' ? undefined : parseOptional(value, what, longestText);

/** Checks the names of a quick entry: the JSON text of an object with a text for each language. */
function parseNames(name: string): string {
  const names = parseJson(name);
  const texts = isObject(names) ? Object.values(names) : [];
  const areTexts = texts.length > 0 && texts.every((text) => typeof text === 'string' && isShown(text));
  if (!areTexts) throw refused('jsonFormatErroj', 'the name of a quick entry is not a JSON object of texts');
  return name;
}

const isShown = (text: string) => text.trim() !== '' && isCleanText(text);
