/** Which files of a folder are text, and why some cannot be read. */

import { isSystemError } from '@cpc/base/node';
import { CpcError, skippedInWords } from '@cpc/core';
import { type FoundFiles, findFiles, isShortage, unreadableReason } from '@cpc/runs';
import { UnreadableTextError } from './text-lines.js';

/** Documents that are no plain text: named in warnings. */
const otherEndings = [
  ...['.pdf', '.doc', '.docx', '.odt', '.rtf', '.epub', '.mobi', '.azw3', '.djvu', '.ps', '.html', '.htm', '.xhtml'],
  ...['.jsonl', '.parquet', '.gz', '.bz2', '.xz', '.zst', '.zip', '.7z', '.rar', '.tar', '.tgz'],
];

/** @throws {CpcError} if there is no such file or folder, or no file in it that ends in `.txt`. */
export async function textFiles(path: string): Promise<FoundFiles> {
  const found = await findFiles(path, { contents: 'text files', endings: ['.txt'], otherEndings });
  if (found.files.length > 0) return found;
  throw new CpcError({
    where: path,
    expected: 'files ending in .txt',
    received: found.skipped.length === 0 ? 'none' : `none, but ${skippedInWords(found.skipped).join('; ')}`,
    fix: 'Name a single file, or rename them.',
  });
}

/** Why a file is no text that can be read; what is not the file's fault is thrown. */
export function reasonToSkip(error: unknown): string {
  if (error instanceof UnreadableTextError) return error.message;
  if (isShortage(error) || !(isSystemError(error) || CpcError.isInstance(error))) throw error;
  return unreadableReason(error);
}

export function unusableText(where: string, received: string): CpcError {
  return new CpcError({ where, expected: 'UTF-8 text', received });
}
