import { type ReactNode, Suspense } from 'react';
import { Boundary, PartFailed } from '../shared/boundary.tsx';
import { ChunkFailed } from '../shared/chunk-failed.tsx';
import { ChunkError } from '../shared/lazy-page.ts';

type Props = {
  readonly children: ReactNode;
  /** Shown while the code is loaded. */
  readonly waiting?: ReactNode;
};

/** A part of the inbox whose code is loaded when it is first shown. If that fails, the rest of the page still works. */
export function LazyPart({ children, waiting = null }: Props) {
  return (
    <Boundary fallback={renderFailure}>
      <Suspense fallback={waiting}>{children}</Suspense>
    </Boundary>
  );
}

/** A message whose part is missing cannot count as read, see `isLoading`. */
const renderFailure = (error: unknown, retry: () => void) => (
  <div data-loading="">{error instanceof ChunkError ? <ChunkFailed page="/" /> : <PartFailed onRetry={retry} />}</div>
);
