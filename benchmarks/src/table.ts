/** Tables as plain text for a terminal and as Markdown for documents. */

/** Cells by row; the first row is the head. All rows are equally long. */
export type Rows = readonly (readonly string[])[];

/** The first column to the left, the others to the right, two spaces between. */
export function textTable(rows: Rows): string {
  const widths = columnWidths(rows);
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return lines.join('\n');
}

/** The same as a Markdown table; bars in cells are escaped. */
export function markdownTable(rows: Rows): string {
  const [head = [], ...body] = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [head, rule, ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function columnWidths(rows: Rows): number[] {
  const columns = rows[0]?.length ?? 0;
  return Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
}
