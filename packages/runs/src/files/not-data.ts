/**
 * Names that are not data, wherever they stand.
 *
 * Hidden files may hold what a user made (`.ipynb_checkpoints`, `.Trash-1000`, a `.git` folder), so that those with an ending of data
 * are counted as skipped. What systems add is never anyone's data, and is passed over without a word.
 */

/** Begins with a dot. */
export function isHidden(name: string): boolean {
  return name.startsWith('.');
}

/** Added by an archive program, a file manager or a storage device: AppleDouble copies, indices, thumbnails and waste bins. */
export function isSystemJunk(name: string): boolean {
  return name.startsWith('._') || systemNames.has(name);
}

const systemNames: ReadonlySet<string> = new Set([
  ...[
    '__MACOSX',
    '.DS_Store',
    '.AppleDouble',
    '.fseventsd',
    '.Spotlight-V100',
    '.TemporaryItems',
    '.DocumentRevisions-V100',
  ],
  ...['$RECYCLE.BIN', 'System Volume Information', 'lost+found'],
  ...['@eaDir', '#recycle', '@Recycle', '.@__thumb', '.snapshot', '.thumbnails'],
]);
