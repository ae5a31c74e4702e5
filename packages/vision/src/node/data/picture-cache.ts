/** Keeps decoded pictures in memory up to a number of bytes; those unused for longest go first. */
import type { Picture } from '../../data/image-set.js';

export interface PictureCache {
  readonly get: (index: number) => Picture | undefined;
  readonly set: (index: number, picture: Picture) => void;
}

/** @param mostBytes - 0 keeps nothing. */
export function createPictureCache(mostBytes: number): PictureCache {
  const kept = new Map<number, Picture>(); // a Map keeps the order of insertion: oldest first
  let bytes = 0;
  return {
    get: (index) => {
      const picture = kept.get(index);
      if (picture === undefined) return undefined;
      kept.delete(index);
      kept.set(index, picture); // now the youngest
      return picture;
    },
    set: (index, picture) => {
      if (kept.has(index) || picture.data.byteLength > mostBytes) return;
      kept.set(index, picture);
      bytes += picture.data.byteLength;
      for (const [oldest, { data }] of kept) {
        if (bytes <= mostBytes) break;
        kept.delete(oldest);
        bytes -= data.byteLength;
      }
    },
  };
}
