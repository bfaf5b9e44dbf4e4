import { createContext, useContext, useMemo, useState } from 'react';
import type { ConsoleOrganization, OrganizationsAnswer } from '../../../src/client/answers.ts';
import { CallError } from '../../shared/call.ts';
import { readStored, writeStored } from '../../shared/preferences.ts';
import { type Loaded, useLoaded } from '../data/load.ts';
import { itemPath, organizations } from '../data/sources.ts';
import { useParameters } from '../route.tsx';
import { useSession } from '../session.tsx';

/** The selected organization, whose messages and users the pages show. */
export type Corps = {
  readonly corpId: string | undefined;
  readonly organization: ConsoleOrganization | undefined;
  /** The corpId in the URL if no such organization exists; another one is selected instead. */
  readonly missing: string | undefined;
  /** The first page of organizations. */
  readonly first: readonly ConsoleOrganization[];
  readonly loading: boolean;
  /** Set if the organizations could not be loaded. */
  readonly error: Error | undefined;
  choose(organization: ConsoleOrganization): void;
  reload(): void;
};

export const CorpContext = createContext<Corps | undefined>(undefined);

export function useCorps(): Corps {
  const found = useContext(CorpContext);
  if (!found) throw new TypeError('there are no organizations around this');
  return found;
}

const corpKey = 'huizhi.console.corpId';
const none: readonly ConsoleOrganization[] = [];

/**
 * Selects an organization: the one in the URL, so that a link shows the same to everybody, otherwise the one selected
 * last in this browser, otherwise the first one.
 */
export function useCorpChoice(): Corps {
  const { has } = useSession();
  const isAllowed = has('organizations.read');
  const list = isAllowed ? `${organizations.path}?limit=100` : undefined;
  const { data, error, loading, reload } = useLoaded<OrganizationsAnswer>(list);
  const [parameters, change] = useParameters();
  const [chosen, setChosen] = useState<ConsoleOrganization>();
  const asked = parameters.get('corpId') ?? readStored(corpKey) ?? undefined;
  const first = data?.organizations ?? none;
  const known = [...first, ...(chosen ? [chosen] : [])].find(({ corpId }) => corpId === asked);
  const one = useLoaded<ConsoleOrganization>(data && asked && !known ? itemPath(organizations, asked) : undefined);
  const organization =
    known ??
    (asked && one.error ? replacementFor(one.error, asked, first) : (one.data ?? firstUnlessLoading(one, first)));
  const isMissing = one.error !== undefined && isUnknown(one.error);
  const missing = isMissing ? (parameters.get('corpId') ?? undefined) : undefined;
  return useMemo(
    () => ({
      corpId: organization?.corpId,
      organization,
      missing,
      first,
      loading: loading || one.loading,
      error,
      choose: (next: ConsoleOrganization) => {
        setChosen(next);
        writeStored(corpKey, next.corpId);
        change({ corpId: next.corpId });
      },
      reload: () => {
        setChosen(undefined);
        one.reload();
        reload();
      },
    }),
    [organization, missing, first, loading, error, one.loading, one.reload, reload, change],
  );
}

/** The first organization, unless the requested one is still loading. */
function firstUnlessLoading({ loading }: Loaded<ConsoleOrganization>, first: readonly ConsoleOrganization[]) {
  return loading ? undefined : first[0];
}

/**
 * After an error: the first organization if the requested one does not exist, otherwise the requested one under its
 * code.
 */
function replacementFor(error: Error, corpId: string, first: readonly ConsoleOrganization[]) {
  return isUnknown(error) ? first[0] : { corpId, name: corpId };
}

const isUnknown = (error: Error) => error instanceof CallError && error.status === 404;
