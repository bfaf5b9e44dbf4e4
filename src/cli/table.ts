/** Renders rows as aligned columns. CJK characters count as two columns of the terminal. */
export function renderTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => measureWidth(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => padCell(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function padCell(cell: string, width: number): string {
  return cell + ' '.repeat(width - measureWidth(cell));
}

const wide = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60]/u;

/** Returns the number of terminal columns that a text occupies. */
export function measureWidth(text: string): number {
  return [...text].reduce((width, character) => width + (wide.test(character) ? 2 : 1), 0);
}

/** Formats epoch milliseconds as `YYYY-MM-DD hh:mm:ss` in the local time zone; empty for undefined. */
export function formatTime(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '';
  const date = new Date(milliseconds);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
