/** Rows as the bytes of their float32 values, one behind another: what both `.npy` and `.safetensors` hold after a header. */
import type { AtomicFile } from '@cpc/core/node';
import type { FeatureWriter, FileContents } from './feature-format.js';

/** Writes a header and then rows as they come. */
export async function rawRowsWriter(file: AtomicFile, header: Uint8Array): Promise<FeatureWriter> {
  await file.write(header);
  return {
    write: (_, { buffer, byteOffset, byteLength }) => file.write(new Uint8Array(buffer, byteOffset, byteLength)),
    finish: () => Promise.resolve(),
  };
}

/** `[M, F]` of pooled images, `[M, R, F]` of patches. */
export function shapeOf({ images, rowsPerImage, width }: FileContents): number[] {
  return rowsPerImage === 1 ? [images.length, width] : [images.length, rowsPerImage, width];
}
