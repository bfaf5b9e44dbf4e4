import { useEffect, useState } from 'react';
import type { AppsAnswer, ConsoleMessagesAnswer, RobotsAnswer, UsersAnswer } from '../../../../src/client/answers.ts';
import { readStored, writeStored } from '../../../shared/preferences.ts';
import { useEvents } from '../../data/follow.ts';
import { useLoaded } from '../../data/load.ts';
import { useCorps } from '../../parts/corp.tsx';
import type { Step } from '../../texts/start.ts';

/** Set in the browser when the checklist was hidden, or when everything on it was done. */
const endedKey = 'huizhi.console.started';

export type Steps = {
  /** Whether each step is done, in order; undefined while that is not known, and after the end of the checklist. */
  readonly done: ReadonlyMap<Step, boolean> | undefined;
  hide(): void;
};

/**
 * Finds out what is set up in the selected organization, and follows its messages. It requests nothing once the
 * checklist was complete or hidden in this browser.
 *
 * @param hasReads whether the page knows of a read
 */
export function useSteps(hasReads: boolean): Steps {
  const [hasEnded, setEnded] = useState(() => readStored(endedKey) !== undefined);
  const { corpId, loading, error } = useCorps();
  const isActive = !hasEnded && !loading && error === undefined;
  const found = useFound(isActive, corpId);
  const done = found && new Map<Step, boolean>([...found, ['read', found.get('read') || hasReads]]);
  const isComplete = done !== undefined && [...done.values()].every((one) => one);
  useEffect(() => {
    if (isComplete) writeStored(endedKey, 'complete');
  }, [isComplete]);
  const hide = () => {
    writeStored(endedKey, 'hidden');
    setEnded(true);
  };
  return { done: isComplete ? undefined : done, hide };
}

function useFound(isActive: boolean, corpId: string | undefined): ReadonlyMap<Step, boolean> | undefined {
  const inCorp = (path: string, limit: number) =>
    isActive && corpId !== undefined
      ? `/console/v1/${path}?${new URLSearchParams({ corpId, limit: String(limit) })}`
      : undefined;
  const users = useLoaded<UsersAnswer>(inCorp('users', 1)).data?.users;
  const apps = useLoaded<AppsAnswer>(isActive ? '/console/v1/apps?limit=1' : undefined).data?.apps;
  const robots = useLoaded<RobotsAnswer>(inCorp('robots', 1)).data?.robots;
  const sent = useLoaded<ConsoleMessagesAnswer>(inCorp('messages', 100));
  const { messages, sequence } = sent.data ?? {};
  const since =
    sequence === undefined ? undefined : new URLSearchParams({ corpId: corpId ?? '', since: `${sequence}` });
  useEvents(since && `/console/v1/events?${since}`, ({ kind }) => {
    if (kind === 'sent' || kind === 'read') sent.reload();
  });
  if (!isActive || !apps) return undefined;
  if (corpId !== undefined && !(users && robots && messages)) return undefined;
  return new Map<Step, boolean>([
    ['organization', corpId !== undefined],
    ['people', isFilled(users)],
    ['app', isFilled(apps)],
    ['robot', isFilled(robots)],
    ['message', isFilled(messages)],
    ['read', messages?.some(({ readCount }) => readCount > 0) ?? false],
  ]);
}

const isFilled = (list: readonly unknown[] | undefined) => (list?.length ?? 0) > 0;
