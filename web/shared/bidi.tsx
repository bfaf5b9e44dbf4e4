/**
 * User-written text may be right-to-left, while the pages are left-to-right. Each such text is isolated and gets its
 * direction from its own letters; otherwise it would reorder the numbers and punctuation next to it:
 *
 * - a block of text has `dir="auto"`
 * - a name inside other text is a `<bdi>`
 * - a name inside a string goes through `isolate`
 */
type Props = { readonly children: string; readonly isSmall?: boolean };

/** User-written text on one line, truncated at its own end: on the left if it is right-to-left. */
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
