import { createContext, useContext, useMemo } from 'react';
import type { ConsoleOrganization, OrganizationsAnswer } from '../../src/client/answers.ts';
import { remember, remembered } from '../shared/preferences.ts';
import { useLoaded } from './load.ts';
import { useParameters } from './route.tsx';

/** The organizations that there are, and the one whose messages and users are shown. */
export type Corps = {
  readonly organizations: readonly ConsoleOrganization[];
  readonly corpId: string | undefined;
  readonly loading: boolean;
  choose(corpId: string): void;
  reload(): void;
};

export const CorpContext = createContext<Corps | undefined>(undefined);

export function useCorps(): Corps {
  const found = useContext(CorpContext);
  if (!found) throw new TypeError('there are no organizations around this');
  return found;
}

const corpKey = 'huizhi.console.corpId';

/** The choice stands in the address, so that a link shows everybody the same; without one it is the last that was made here. */
export function useCorpChoice(): Corps {
  const { data, loading, reload } = useLoaded<OrganizationsAnswer>('/console/v1/organizations?limit=100');
  const [parameters, change] = useParameters();
  const asked = parameters.get('corpId') ?? remembered(corpKey);
  return useMemo(() => {
    const organizations = data?.organizations ?? [];
    const found = organizations.find((each) => each.corpId === asked) ?? organizations[0];
    return {
      organizations,
      corpId: found?.corpId,
      loading,
      reload,
      choose: (corpId: string) => {
        remember(corpKey, corpId);
        change({ corpId });
      },
    };
  }, [data, loading, reload, asked, change]);
}
