import { Component, type ReactNode } from 'react';
import { Failed } from './failed.tsx';
import { useWords } from './words.ts';

type Props = {
  readonly children: ReactNode;
  /** Renders the replacement of failed children. The default says that a part of the page failed. */
  readonly fallback?: (error: unknown, retry: () => void) => ReactNode;
  /** After a failure, the children are rendered again when this value changes. */
  readonly resetOn?: unknown;
};

type State = { readonly failure: { readonly error: unknown } | undefined };

/**
 * An error boundary: limits a failed render to one part of a page (a message, a panel, or the page itself). React
 * supports error boundaries only as classes.
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
    const { children, fallback = renderPartFailed } = this.props;
    const { failure } = this.state;
    return failure ? fallback(failure.error, this.retry) : children;
  }
}

const renderPartFailed = (_: unknown, retry: () => void) => <PartFailed onRetry={retry} />;

/** Shown instead of a part of the page that failed to render. */
export function PartFailed({ onRetry }: { readonly onRetry: () => void }) {
  const { words } = useWords();
  return <Failed title={words.partFailed} hint={words.partFailedHint} action={{ label: words.retry, run: onRetry }} />;
}
