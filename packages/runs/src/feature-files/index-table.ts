/**
 * Tab-separated tables that say what the rows of an array are of.
 *
 * A cell that holds a tab, a line end or a quotation mark stands in quotation marks, those within doubled, as spreadsheet programs and
 * `pandas.read_csv(path, sep="\t")` read it.
 */

export interface IndexTable {
  readonly columns: readonly string[];
  readonly lines: readonly (readonly (string | number)[])[];
  /** In words. */
  readonly description: string;
}

/** The first line of a table, without its end: by it a file is known to be one of ours. */
export function indexHeader(columns: readonly string[]): string {
  return columns.join('\t');
}

export function indexText({ columns, lines }: IndexTable): string {
  const rows = lines.map((cells) => cells.map(cellText).join('\t'));
  return `${[indexHeader(columns), ...rows].join('\n')}\n`;
}

function cellText(value: string | number): string {
  const text = String(value);
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
