import { Skeleton } from 'antd';
import type { ReactNode } from 'react';
import type { Loaded } from '../../data/load.ts';
import { useRestorePosition } from '../../route.tsx';
import { Failure } from '../common.tsx';

type Props<T> = { readonly of: Loaded<T>; readonly children: (data: T) => ReactNode };

/** Shows an item when it has loaded, or the error that prevented it. */
export function Loadable<T>({ of: { data, error, reload }, children }: Props<T>) {
  useRestorePosition(data !== undefined);
  if (error) return <Failure error={error} onRetry={reload} />;
  return data === undefined ? <Skeleton active /> : children(data);
}
