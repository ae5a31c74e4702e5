/**
 * Kinds of files that features are written to, by the ending of the file's name.
 *
 * A format is told beforehand what recordings there will be, then gets their rows in order; it knows nothing of models.
 *
 * Letters used for shapes here:
 *   R  rows of a part    F  features
 */
import { extname } from 'node:path';
import { CpcError } from '@cpc/core';
import type { AtomicFile, TaskEvent } from '@cpc/core/node';
import type { SpeechSettings } from '../../presets.js';
import { npyFormat } from './npy-format.js';
import { parquetFormat } from './parquet-format.js';
import { safetensorsFormat } from './safetensors-format.js';

/** What will stand in the file of one recording. */
export interface EmbeddedRecording {
  /** Index in the corpus. */
  readonly recording: number;
  readonly id: string;
  readonly speaker: string;
  readonly seconds: number;
  readonly frames: number;
  /** As many as frames, or 1 if pooled. */
  readonly rows: number;
}

/** What a file is told before the first row. */
export interface FileContents {
  readonly recordings: readonly EmbeddedRecording[];
  /** A recording is one row, the mean of its frames. */
  readonly pooled: boolean;
  /** F. */
  readonly width: number;
  /** Samples from one frame to the next. */
  readonly hop: number;
  /** Of the model that made the features. */
  readonly settings: SpeechSettings;
}

export interface FeatureWriter {
  /** The next rows, `[R, F]`, of this recording; all of a recording come before the next one's, in the order announced. */
  readonly write: (recording: EmbeddedRecording, rows: Float32Array) => Promise<void>;
  /** Once, after the last row. */
  readonly finish: () => Promise<void>;
}

export interface FeatureFormat {
  /** Writes what stands before the first row. */
  readonly begin: (file: AtomicFile, contents: FileContents) => Promise<FeatureWriter>;
  /** In words: what the file holds. */
  readonly description: (recordings: readonly EmbeddedRecording[], width: number) => string;
  /** Writes a table to stand beside the file at `path`. */
  readonly writeIndex?: (path: string, recordings: readonly EmbeddedRecording[]) => Promise<TaskEvent>;
}

const formats: Readonly<Record<string, FeatureFormat>> = {
  '.npy': npyFormat,
  '.safetensors': safetensorsFormat,
  '.parquet': parquetFormat,
};

/** The endings there are. */
export const featureFileEndings: readonly string[] = Object.keys(formats);

/** @throws {CpcError} if no format has the path's ending. */
export function featureFormatOf(path: string): FeatureFormat {
  const format = formats[extname(path)];
  if (format !== undefined) return format;
  throw new CpcError({
    where: 'embed',
    expected: `an output file ending in ${featureFileEndings.join(' or ')}`,
    received: path,
  });
}
