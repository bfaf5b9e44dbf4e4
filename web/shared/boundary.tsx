import { Component, type ReactNode } from 'react';
import { Failed } from './failed.tsx';
import { useWords } from './words.ts';

type Props = {
  readonly children: ReactNode;
  /** What is shown in place of the children; by default that a part of the page failed. */
  readonly fallback?: (error: unknown, retry: () => void) => ReactNode;
  /** Renders the children again when this changes. */
  readonly resetOn?: unknown;
};

type State = { readonly failure: { readonly error: unknown } | undefined };

/**
 * Keeps a failure while rendering to one part of a page: a message, a panel, or the page itself. React offers this to classes only.
 */
export class Boundary extends Component<Props, State> {
  override readonly state: State = { failure: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { failure: { error } };
  }

  override componentDidUpdate(before: Props): void {
    if (this.state.failure && before.resetOn !== this.props.resetOn) this.retry();
  }

  readonly retry = (): void => this.setState({ failure: undefined });

  override render(): ReactNode {
    const { children, fallback = partFailed } = this.props;
    const { failure } = this.state;
    return failure ? fallback(failure.error, this.retry) : children;
  }
}

const partFailed = (_: unknown, retry: () => void) => <PartFailed onRetry={retry} />;

/** Says that a part of the page failed while the rest works. */
export function PartFailed({ onRetry }: { readonly onRetry: () => void }) {
  const { words } = useWords();
  return <Failed title={words.partFailed} hint={words.partFailedHint} action={{ label: words.retry, run: onRetry }} />;
}
