export {
  createMemoryCorpus,
  type MemoryRecording,
  recordingAt,
  type SkippedRecording,
  type SpeechCorpus,
  type SpeechRecording,
} from './data/corpus.js';
export { DamagedFileError, type DamageKind } from './data/damaged-file-error.js';
export { type DecodedFlac, decodeFlac } from './data/flac.js';
export { type LabelPairing, latentLabels } from './data/frame-labels.js';
export { type PhoneLabels, phoneLabelsFromSegments } from './data/phone-labels.js';
export {
  foldPhone,
  type PhoneFolding,
  type PhoneSegment,
  parsePhoneSegments,
  phoneClasses,
  timitPhones,
} from './data/phones.js';
export { createResampler, resample } from './data/resample.js';
export { decodeWav, encodeWav, mixToMono } from './data/wav.js';
export type { WindowMode } from './data/window-choosers.js';
export {
  createWindowSampler,
  type WindowBatch,
  type WindowSampler,
  type WindowSamplerOptions,
} from './data/windows.js';
export { exportContext, exportEncoder, exportSpeechModel, type SpeechModelParts } from './export-model.js';
export { createFeatureExtractor, type FeatureExtractor, type SpeechFeatures } from './features.js';
export { mfcc } from './mfcc/mfcc.js';
export type { MfccOptions } from './mfcc/mfcc-options.js';
export {
  contextualise,
  type EncoderLayer,
  encode,
  encoderHop,
  initialiseSpeechModel,
  paperLayers,
  receptiveFieldSamples,
  type SpeechModel,
} from './model.js';
export {
  type NegativeSource,
  negativeSources,
  paperPreset,
  type SpeechPresetName,
  type SpeechSettings,
  smallPreset,
  speechPresets,
} from './presets.js';
export {
  type DividingClassifierOptions,
  type FittedClassifier,
  type FrameClassifier,
  type FrameClassifierOptions,
  type FramePredictor,
  type FrameTraining,
  linearClassifier,
  mlpClassifier,
  neighbourClassifier,
} from './probes/frame-classifiers.js';
export { type FrameProbeOptions, runFrameProbe } from './probes/frame-probe.js';
export { buildFrameTable, type FrameTable, type LabelledRecording } from './probes/frame-table.js';
export { type ProbeSplit, type ProbeSplits, speakerDisjointSplits, withinSpeakerSplit } from './probes/splits.js';
export { resolveSpeechSettings, type SpeechOverrides } from './settings.js';
export { createSpeechDomain, type SpeechDomain, type SpeechDomainOptions, sourceSamplesOf } from './speech-domain.js';
export { speechOptimiser } from './speech-optimiser.js';
export { type BuiltInSpeech, type BuiltInSpeechOptions, createBuiltInSpeech } from './synthesis/built-in-speech.js';
