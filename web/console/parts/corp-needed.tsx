import { Fragment, type ReactNode } from 'react';
import { useTexts } from '../texts/use-texts.ts';
import { Head, Nothing } from './common.tsx';
import { useCorps } from './corp.tsx';

type Props = {
  /** The title of the page, which is shown while no organization is selected. */
  readonly title: string;
  readonly children: (corpId: string) => ReactNode;
};

/** A page about the selected organization. It starts again when another one is selected. */
export function CorpNeeded({ title, children }: Props) {
  const t = useTexts();
  const { corpId, loading, error } = useCorps();
  if (corpId) return <Fragment key={corpId}>{children(corpId)}</Fragment>;
  return (
    <>
      <Head title={title} />
      {!loading && !error && <Nothing text={t.organizations.nothing} />}
    </>
  );
}
