import { useEffect, useRef, useState } from 'react';
import type { ConsoleOrganization } from '../../../src/client/answers.ts';
import { isolate } from '../../shared/isolate.ts';
import { useCorps } from '../parts/corp.tsx';
import { useSession } from '../session.tsx';
import { itemPath, organizations } from './sources.ts';

/** The number of organizations that a table cell names. */
const mostNamed = 3;

/**
 * Loads the names of the organizations in `lists`, which are lists of codes (corpIds). Returns a function that formats
 * such a list as names: `Acme, Beta, Gamma +2`. A code is shown until its name has loaded.
 */
export function useCorpNames(lists: readonly (readonly string[])[]): (codes: readonly string[]) => string {
  const { ask } = useSession();
  const { first, loading } = useCorps();
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const asked = useRef(new Set<string>());
  const namesByCode = new Map([...names, ...first.map(({ corpId, name }) => [corpId, name] as const)]);
  const unknown = lists.flatMap((codes) => codes.slice(0, mostNamed)).filter((code) => !namesByCode.has(code));
  useEffect(() => {
    if (loading) return;
    for (const code of unknown) {
      if (asked.current.has(code)) continue;
      asked.current.add(code);
      // On an error the code is shown instead of the name.
      ask<ConsoleOrganization>('GET', itemPath(organizations, code)).then(
        ({ name }) => setNames((old) => new Map(old).set(code, name)),
        () => {},
      );
    }
  });
  return (codes) => {
    const named = codes.slice(0, mostNamed).map((code) => isolate(namesByCode.get(code) ?? code));
    return named.join(', ') + (codes.length > mostNamed ? ` +${codes.length - mostNamed}` : '');
  };
}
