/**
 * `.parquet`: a row per frame (or per recording, if pooled) with the columns `recording`, `speaker`, `frame`, `time_seconds`
 * (centre of the frame; pooled: of the recording) and `features`, a list of float32. pandas, Polars, DuckDB and Arrow read it
 * as it is.
 *
 * Written group by group of rows: what is in memory does not grow with the file. By hyparquet-writer (MIT, JavaScript only,
 * one dependency, 1 MB together): the other writers for Node are a WebAssembly build of 6 MB or have been left.
 */
import type { AtomicFile } from '@cpc/core/node';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { corpusSampleRateHz } from '../../data/corpus.js';
import type { EmbeddedRecording, FeatureFormat, FeatureWriter, FileContents } from './feature-format.js';
import { rowsOf } from './raw-rows.js';

/** Of a group: a million values at 256 a row; the library takes some 40 bytes for each while it writes. */
const rowsPerGroup = 4096;

export const parquetFormat: FeatureFormat = {
  begin: (file, contents) => Promise.resolve(parquetWriter(file, contents)),
  description: (recordings, width) => `${rowsOf(recordings)} rows of ${width} features`,
};

/** Rows that wait for their group to be full, column by column. */
interface WaitingRows {
  readonly recording: string[];
  readonly speaker: string[];
  readonly frame: number[];
  readonly time_seconds: number[];
  /** Lists are arrays to the library, never typed ones. */
  readonly features: number[][];
}

function parquetWriter(file: AtomicFile, contents: FileContents): FeatureWriter {
  const { width, settings } = contents;
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: 'root', num_children: 5 },
      { name: 'recording', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      { name: 'speaker', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      { name: 'frame', type: 'INT32', repetition_type: 'REQUIRED' },
      { name: 'time_seconds', type: 'DOUBLE', repetition_type: 'REQUIRED' },
      { name: 'features', converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
    ],
    kvMetadata: [
      { key: 'cpc.settings', value: JSON.stringify(settings) },
      { key: 'cpc.sampleRateHz', value: String(corpusSampleRateHz) },
    ],
    createdBy: '@cpc/audio',
  });
  let waiting = noRows();
  let [current, frame]: [EmbeddedRecording | undefined, number] = [undefined, 0];
  const handOver = async () => {
    await file.write(bytes.getBytes().slice());
    bytes.index = 0; // the room is used again; `offset` goes on counting
  };
  const writeGroup = async () => {
    if (waiting.frame.length === 0) return;
    await writer.write({ columnData: columnsOf(waiting), rowGroupSize: rowsPerGroup });
    await handOver();
    waiting = noRows();
  };
  return {
    write: async (recording, rows) => {
      if (recording !== current) [current, frame] = [recording, 0];
      for (let start = 0; start < rows.length; start += width) {
        waiting.recording.push(recording.id);
        waiting.speaker.push(recording.speaker);
        waiting.frame.push(frame);
        waiting.time_seconds.push(centreSeconds(recording, frame, contents));
        waiting.features.push(Array.from(rows.subarray(start, start + width)));
        frame += 1;
        if (waiting.frame.length === rowsPerGroup) await writeGroup();
      }
    },
    finish: async () => {
      await writeGroup();
      await writer.finish();
      await handOver();
    },
  };
}

function noRows(): WaitingRows {
  return { recording: [], speaker: [], frame: [], time_seconds: [], features: [] };
}

function columnsOf(rows: WaitingRows): ColumnSource[] {
  return Object.entries(rows).map(([name, data]) => ({
    name,
    data,
    ...(name === 'features' ? { codec: 'UNCOMPRESSED' as const, encoding: 'PLAIN' as const, statistics: false } : {}),
  }));
}

/** Of a frame, or, if pooled, of the whole recording. */
function centreSeconds({ seconds }: EmbeddedRecording, frame: number, { pooled, hop }: FileContents): number {
  return pooled ? seconds / 2 : ((frame + 0.5) * hop) / corpusSampleRateHz;
}
