import './failed.css';

type Props = {
  readonly title: string;
  readonly hint?: string;
  readonly action?: { readonly label: string; run(): void };
  /** Fills the whole page. */
  readonly isPage?: boolean;
};

/**
 * Shows a failure with a button to continue. It depends only on its props and its style sheet, so it cannot fail
 * itself.
 */
export function Failed({ title, hint, action, isPage = false }: Props) {
  const box = (
    <section className="failed" role="alert">
      <p className="failed-title">{title}</p>
      {hint && <p>{hint}</p>}
      {action && (
        <button type="button" onClick={() => action.run()}>
          {action.label}
        </button>
      )}
    </section>
  );
  return isPage ? <main className="failed-page">{box}</main> : box;
}
