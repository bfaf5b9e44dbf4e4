import type { Context } from '../../core/context.ts';
import type { Fault } from '../../core/dev/faults.ts';
import type { Reader } from '../../core/dev/readers.ts';
import { didYouMean } from '../../wire/did-you-mean.ts';
import type { WireError } from '../../wire/errors.ts';
import { huizhiError } from '../../wire/errors.ts';
import { connectPath, streamTopics } from '../../wire/vendor/values.ts';
import { isOldHost } from '../vendor/old-host.ts';

/** A call into which faults can be injected. A segment of its path in braces matches any one segment. */
export type Served = { readonly method: string; readonly path: string };

const isOnOldHost = ({ path }: Served) => isOldHost(path);

/** What a rule can match in Stream mode: the pushes of each topic, and the handshake. */
const pushes: readonly Served[] = streamTopics.map((path) => ({ method: 'PUSH', path }));
const handshake: Served = { method: 'GET', path: connectPath };

const recallPaths = [
  '/v1.0/robot/otoMessages/batchRecall',
  '/v1.0/robot/groupMessages/recall',
  '/v1.0/robot/groupMessages/batchRecall',
  '/v1.0/robot/privateChatMessages/batchRecall',
];

/**
 * Throws `huizhi.badRequest` for a rule that no call can match; otherwise a test could pass although its fault is never
 * injected.
 */
export function checkFaults({ directory }: Context, served: readonly Served[], rules: readonly Fault[]): void {
  for (const [i, rule] of rules.entries()) {
    const refuse = (member: string, what: string) => huizhiError('huizhi.badRequest', `rules.${i}.${member}: ${what}`);
    checkCall(served, rule, refuse);
    if (rule.failedKeys !== undefined && !recallPaths.includes(rule.path ?? ''))
      throw refuse('failedKeys', `belongs to a rule with the path ${recallPaths.join(' or ')}`);
    const { robotCode } = rule;
    if (robotCode === undefined || directory.now.robot(robotCode)) continue;
    const known = directory.now.robots().map(({ code }) => code);
    throw refuse('robotCode', `there is no robot ${robotCode}.${didYouMean(robotCode, known)}`);
  }
}

type Refuse = (member: string, what: string) => WireError;

function checkCall(all: readonly Served[], { path, method, errcode }: Fault, refuse: Refuse): void {
  const served = method === 'PUSH' ? pushes : errcode === undefined ? [...all, handshake] : all.filter(isOnOldHost);
  const known = [...new Set(served.map((call) => call.path))];
  const possible = path === undefined ? served : served.filter((call) => canMatch(path, call.path));
  if (path !== undefined && possible.length === 0)
    throw refuse('path', `no call has the path ${path}.${didYouMean(path, known)}`);
  const methods = [...new Set(possible.map((call) => call.method))];
  if (method === undefined || methods.includes(method)) return;
  throw refuse('method', `${path ?? 'every call'} accepts ${methods.join(' or ')}, not ${method}`);
}

/** Whether a rule's path, which may end in `*`, can match a call's path, which may contain a segment in braces. */
function canMatch(rulePath: string, callPath: string): boolean {
  const isPrefix = rulePath.endsWith('*');
  const wanted = (isPrefix ? rulePath.slice(0, -1) : rulePath).split('/');
  const segments = callPath.split('/');
  if (isPrefix ? wanted.length > segments.length : wanted.length !== segments.length) return false;
  return wanted.every((segment, i) => {
    const served = segments[i] ?? '';
    if (served.startsWith('{')) return segment !== '' || isPrefix;
    return isPrefix && i === wanted.length - 1 ? served.startsWith(segment) : served === segment;
  });
}

/**
 * Throws `huizhi.badRequest` for a reader who is in no organization; otherwise a test could pass although nobody reads.
 */
export async function checkReaders({ directory, store }: Context, readers: readonly Reader[]): Promise<void> {
  for (const [i, { corpId, userId }] of readers.entries()) {
    const named = corpId === undefined ? undefined : directory.now.organization(corpId);
    if (corpId !== undefined && !named) {
      const known = directory.now.organizations().map(({ code }) => code);
      throw huizhiError(
        'huizhi.badRequest',
        `readers.${i}.corpId: there is no organization ${corpId}.${didYouMean(corpId, known)}`,
      );
    }
    if (userId === '*') continue;
    const organizations = named ? [named] : directory.now.organizations();
    const found = await Promise.all(organizations.map((one) => store.findUsers(one.corpId, [userId])));
    if (found.flat().length > 0) continue;
    throw huizhiError(
      'huizhi.badRequest',
      `readers.${i}.userId: there is no user ${userId}${named ? ` in ${corpId}` : ''}`,
    );
  }
}
