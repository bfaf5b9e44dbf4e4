import './failed.css';

type Props = {
  readonly title: string;
  readonly hint?: string;
  readonly action?: { readonly label: string; run(): void };
  /** Takes the place of the whole page rather than of a part. */
  readonly isPage?: boolean;
};

/** Says what failed and offers a way on. It depends on nothing that may itself have failed. */
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
