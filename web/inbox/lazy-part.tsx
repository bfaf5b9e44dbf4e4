import { type ReactNode, Suspense } from 'react';
import { Boundary, PartFailed } from '../shared/boundary.tsx';
import { ChunkFailed } from '../shared/chunk-failed.tsx';
import { ChunkError } from '../shared/lazy-page.ts';

type Props = {
  readonly children: ReactNode;
  /** Shown while the code is loaded. */
  readonly waiting?: ReactNode;
  /** After a failure, the children are rendered again when this value changes. */
  readonly resetOn?: unknown;
};

/** A part of the inbox whose code is loaded when it is first shown. If that fails, the rest of the page still works. */
export function LazyPart({ children, waiting = null, resetOn }: Props) {
  return (
    <Boundary fallback={renderFailure} resetOn={resetOn}>
      <Suspense fallback={waiting}>{children}</Suspense>
    </Boundary>
  );
}

/** A message whose part is missing cannot count as read, see `isLoading`. */
const renderFailure = (error: unknown, retry: () => void) => (
  <div data-loading="">{error instanceof ChunkError ? <ChunkFailed page="/" /> : <PartFailed onRetry={retry} />}</div>
);
