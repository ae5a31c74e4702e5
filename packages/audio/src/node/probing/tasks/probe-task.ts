/** What a probe asks of features: which frames carry which class, and what is held out. */
import type { SpeechCorpus } from '../../../data/corpus.js';
import type { ProbedRows, ProbeSplits } from '../../../probes/splits.js';

export interface ProbeTask {
  readonly name: string;
  readonly corpus: SpeechCorpus;
  /** Indices of the recordings that have labels. */
  readonly recordings: readonly number[];
  readonly classes: number;
  /** Names of the classes, by label. */
  readonly classNames: readonly string[];
  /** In words: which label a frame takes; absent where all frames of a recording have the same. */
  readonly alignment?: string;
  /** One class per frame of a recording, -1 for frames that do not count. */
  readonly labelsOf: (recording: number, frames: number) => Int32Array;
  /** What is held out of a table of these recordings' frames. */
  readonly splits: (rows: ProbedRows) => ProbeSplits;
  /** The speaker of a recording, where the splits hold whole speakers out; absent where speakers stand on both sides. */
  readonly groupOf?: (recording: number) => string;
  /** What was left out, for people. */
  readonly warnings: readonly string[];
}
