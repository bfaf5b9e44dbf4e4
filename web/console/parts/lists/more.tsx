import { Button } from 'antd';
import type { ReactNode } from 'react';
import type { Paged } from '../../data/load.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { Failure } from '../common.tsx';

type Props<T> = { readonly list: Paged<T>; readonly children?: ReactNode };

/** The end of a paged list: a button that loads the next page, or the error that prevented it. */
export function More<T>({ list, children }: Props<T>) {
  const t = useTexts();
  if (list.error) return <Failure error={list.error} onRetry={list.reload} />;
  if (!list.hasMore) return null;
  return (
    <div className="more">
      <Button disabled={false} onClick={list.more} loading={list.loading}>
        {t.more}
      </Button>
      {children}
    </div>
  );
}
