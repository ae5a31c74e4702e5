/** Recordings to contexts with a model as it would be after training, beside the same in PyTorch: what using a model costs. */

import { createRandom } from '@cpc/core';
import type { BenchmarkCase, CaseInput } from '@cpc/testing';
import { createFeatureExtractor } from '../src/features.js';
import { initialiseSpeechModel } from '../src/model.js';
import type { SpeechSettings } from '../src/presets.js';
import { createBuiltInSpeech } from '../src/synthesis/built-in-speech.js';
import { speechSettings } from './speech-input.js';

export interface RecordingsInput extends CaseInput {
  readonly settings: SpeechSettings;
  readonly recordings: readonly Float32Array[];
}

const recordingCount = 4;
const secondsPerRecording = 15;

export const encodeRecordings: BenchmarkCase<RecordingsInput> = {
  name: 'audio-embed',
  summary: `contexts of ${recordingCount} recordings of ${secondsPerRecording} seconds, a minute of speech in all`,
  timed: true,
  prepare: async ({ preset }) => {
    const settings = speechSettings('bench audio-embed', preset);
    const recordings = await minuteOfSpeech();
    const parameters = initialiseSpeechModel(settings, createRandom(1));
    const batch = recordings.map((data, index) => [`recording${index}`, { shape: [data.length], data }]);
    return { settings, recordings, parameters, batches: [Object.fromEntries(batch)] };
  },
  ours: ({ settings, recordings, parameters }, tools) =>
    tools.encoding('onnx', async (engine) => {
      const extractor = createFeatureExtractor({ settings, parameters, engine });
      const contextsOfAll = async () => {
        const named: Record<string, Float32Array> = {};
        for (const [index, samples] of recordings.entries())
          named[`contexts${index}`] = (await extractor.extract(samples)).contexts.data;
        return named;
      };
      return { encode: contextsOfAll, dispose: extractor.dispose };
    }),
  peer: (input, tools) => tools.pythonTwin(input, 'packages/audio/benchmarks/encode_recordings.py'),
};

async function minuteOfSpeech(): Promise<Float32Array[]> {
  const size = { speakers: recordingCount, utterancesPerSpeaker: 1, secondsPerUtterance: secondsPerRecording };
  const speech = createBuiltInSpeech({ seed: 1, ...size });
  const hop = 160; // whole frames alone, on both sides
  const recordings: Float32Array[] = [];
  for (let index = 0; index < recordingCount; index++) {
    const samples = await speech.read(index);
    recordings.push(samples.subarray(0, samples.length - (samples.length % hop)).slice());
  }
  return recordings;
}
