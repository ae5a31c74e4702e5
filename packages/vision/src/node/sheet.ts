/**
 * Small pictures in rows, to be looked at: one PNG, or an HTML page that holds them and says what they are.
 */
import { extname } from 'node:path';
import { CpcError } from '@cpc/core';
import { writeFileAtomically } from '@cpc/runs';
import sharp from 'sharp';
import type { Picture } from '../data/image-set.js';

export interface SheetCell {
  readonly picture: Picture;
  readonly caption: string;
}

export interface SheetRow {
  readonly title: string;
  readonly cells: readonly SheetCell[];
}

/** Side of a cell in pixels; small pictures are enlarged without smoothing. */
const cellSide = 96;
const gap = 4;

const formats: Readonly<Record<string, (title: string, rows: readonly SheetRow[]) => Promise<Uint8Array | string>>> = {
  '.png': (_, rows) => sheetPng(rows),
  '.html': sheetHtml,
};

/** Endings of files that sheets are written to. */
export const sheetEndings: readonly string[] = Object.keys(formats);

/** @throws {CpcError} if no sheet has the path's ending. */
export function requireSheetEnding(where: string, path: string): void {
  if (sheetEndings.includes(extname(path))) return;
  const expected = `an output file ending in ${sheetEndings.join(' or ')}`;
  throw new CpcError({ where, expected, received: path });
}

/** Writes a sheet in the form that the path's ending names. */
export async function writeSheet(path: string, title: string, rows: readonly SheetRow[]): Promise<void> {
  const format = formats[extname(path)];
  requireSheetEnding('sheet', path);
  if (format !== undefined) await writeFileAtomically(path, await format(title, rows));
}

async function sheetPng(rows: readonly SheetRow[]): Promise<Buffer> {
  const columns = Math.max(1, ...rows.map(({ cells }) => cells.length));
  const place = (index: number) => gap + index * (cellSide + gap);
  const pictures = await Promise.all(
    rows.flatMap(({ cells }, row) =>
      cells.map(async ({ picture }, column) => ({
        input: await cellPng(picture),
        left: place(column),
        top: place(row),
      })),
    ),
  );
  const [width, height] = [place(columns), place(Math.max(1, rows.length))];
  const canvas = sharp({ create: { width, height, channels: 3, background: '#ffffff' } });
  return canvas.composite(pictures).png().toBuffer();
}

async function cellPng({ side, data }: Picture): Promise<Buffer> {
  const image = sharp(data, { raw: { width: side, height: side, channels: 3 } });
  return image
    .resize(cellSide, cellSide, { kernel: side < cellSide ? 'nearest' : 'lanczos3' })
    .png()
    .toBuffer();
}

async function sheetHtml(title: string, rows: readonly SheetRow[]): Promise<string> {
  const sections = await Promise.all(rows.map(rowHtml));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escaped(title)}</title>
<style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem; color: #222; background: #fff; }
h2 { font-size: 1rem; margin: 1.5rem 0 0.5rem; }
.row { display: flex; flex-wrap: wrap; gap: 8px; }
figure { margin: 0; width: ${cellSide}px; }
img { width: ${cellSide}px; height: ${cellSide}px; image-rendering: pixelated; }
figcaption { font-size: 11px; color: #555; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${sections.join('\n')}
</body>
</html>
`;
}

async function rowHtml({ title, cells }: SheetRow): Promise<string> {
  const figures = await Promise.all(
    cells.map(async ({ picture, caption }) => {
      const source = `data:image/png;base64,${(await cellPng(picture)).toString('base64')}`;
      const text = escaped(caption);
      return `<figure><img src="${source}" alt="${text}"><figcaption>${text}</figcaption></figure>`;
    }),
  );
  return `<h2>${escaped(title)}</h2>\n<div class="row">\n${figures.join('\n')}\n</div>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
