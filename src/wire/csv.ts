/** CSV by RFC 4180, as spreadsheet programs write and read it. */

/**
 * Puts an apostrophe in front of a text that a spreadsheet program would run as a formula; Chinese ones also accept
 * full-width signs. A text with such an apostrophe gets another one, because an import removes one. Not for keys that
 * programs read back and that nobody can choose.
 */
export function escapeFormula(text: string): string {
  return /^'*[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}

/** Renders a field that people choose: quoted where needed, and never a formula. */
export function renderCsvField(text: string): string {
  return quoteField(escapeFormula(text));
}

/** Renders one row, with quotes where needed. */
export function renderCsvRow(fields: readonly string[]): string {
  return fields.map(quoteField).join(',');
}

function quoteField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Removes the apostrophe that `renderCsvField` puts in front of a text. */
export function parseCsvField(text: string): string {
  return /^'+[=+\-@\t\r\n＝＋－＠]/.test(text) ? text.slice(1) : text;
}

export type CsvRecord = { readonly line: number; readonly fields: readonly string[]; readonly problem?: string };

/** Parses CSV by RFC 4180. Yields each record with the number of its first line, and skips blank lines. */
export function* parseCsv(text: string): Generator<CsvRecord> {
  const lineEnd = /\r\n|\n|\r/g;
  const field = /(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n|\n|\r|$)/y;
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const firstLine = line;
    const fields: string[] = [];
    for (let end = ','; end === ','; ) {
      field.lastIndex = at;
      const match = field.exec(text);
      if (!match) {
        yield { line: firstLine, fields, problem: 'a quotation mark is not allowed here' };
        lineEnd.lastIndex = at;
        at = lineEnd.test(text) ? lineEnd.lastIndex : text.length;
        line++;
        fields.length = 0;
        break;
      }
      const [whole, quoted, plain = '', stop = ''] = match;
      fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
      line += whole.split(/\r\n|\n|\r/).length - 1;
      at += whole.length;
      end = stop;
    }
    if (fields.some((each) => each.trim() !== '') || fields.length > 1) yield { line: firstLine, fields };
  }
}
