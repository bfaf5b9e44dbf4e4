/**
 * Text that people have written may run from right to left, on pages that run from left to right. Each such text is isolated and takes its
 * direction from its own letters: otherwise it drags the numbers and the punctuation beside it along.
 *
 * - a block of it has `dir="auto"`
 * - a name within other text is a `<bdi>`
 * - a name within a sentence that is a string goes through `isolate`
 */
type Props = { readonly children: string; readonly isSmall?: boolean };

/** A name or another text in one line, cut off at its own end. */
export function UserLine({ children, isSmall = false }: Props) {
  if (isSmall)
    return (
      <small className="one-line" dir="auto">
        {children}
      </small>
    );
  return (
    <span className="one-line" dir="auto">
      {children}
    </span>
  );
}
