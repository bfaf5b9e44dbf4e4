const shades = 8;

/** A circle with the first character of a name, in a colour derived from `seed`. */
export function Avatar({ name, seed }: { readonly name: string; readonly seed: string }) {
  const sum = [...seed].reduce((total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7);
  return (
    <span className={`avatar shade-${sum % shades}`} aria-hidden="true">
      {[...name.trim()][0] ?? '?'}
    </span>
  );
}
