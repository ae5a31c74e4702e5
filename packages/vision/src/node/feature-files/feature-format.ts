/**
 * Kinds of files that features are written to, by the ending of the file's name.
 *
 * A format is told beforehand what images there will be, then gets their rows in order; it knows nothing of models.
 *
 * Letters used for shapes here:
 *   R  rows of an image: its patches, or 1 if pooled    F  features
 */
import { extname } from 'node:path';
import { CpcError } from '@cpc/core';
import type { AtomicFile, TaskEvent } from '@cpc/core/node';
import type { VisionSettings } from '../../presets.js';
import { npyFormat } from './npy-format.js';
import { parquetFormat } from './parquet-format.js';
import { safetensorsFormat } from './safetensors-format.js';

/** What will stand in the file of one image. */
export interface EmbeddedImage {
  readonly name: string;
  /** Name of its class; empty where it has none. */
  readonly label: string;
}

/** What a file is told before the first row. */
export interface FileContents {
  readonly images: readonly EmbeddedImage[];
  /** R. */
  readonly rowsPerImage: number;
  /** F. */
  readonly width: number;
  /** Of the model that made the features. */
  readonly settings: VisionSettings;
}

export interface FeatureWriter {
  /** The rows of the next image, `[R, F]`. */
  readonly write: (image: EmbeddedImage, rows: Float32Array) => Promise<void>;
  /** Once, after the last row. */
  readonly finish: () => Promise<void>;
}

export interface FeatureFormat {
  /** Writes what stands before the first row. */
  readonly begin: (file: AtomicFile, contents: FileContents) => Promise<FeatureWriter>;
  /** In words: what the file holds. */
  readonly description: (contents: FileContents) => string;
  /** Writes a table to stand beside the file at `path`. */
  readonly writeIndex?: (path: string, contents: FileContents) => Promise<TaskEvent>;
}

const formats: Readonly<Record<string, FeatureFormat>> = {
  '.npy': npyFormat,
  '.safetensors': safetensorsFormat,
  '.parquet': parquetFormat,
};

/** @throws {CpcError} if no format has the path's ending. */
export function featureFormatOf(path: string): FeatureFormat {
  const format = formats[extname(path)];
  if (format !== undefined) return format;
  const expected = `an output file ending in ${Object.keys(formats).join(' or ')}`;
  throw new CpcError({ where: 'embed', expected, received: path });
}
