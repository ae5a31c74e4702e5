/** Every reader of this package, with valid files to damage and what must hold of whatever it reads. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, flatten } from '@cpc/core';
import { encodeSafetensors } from '@cpc/runs';
import { decodeFlac } from '../../data/flac.js';
import { framePhones } from '../../data/frame-labels.js';
import { corpusLayouts } from '../../data/layouts.js';
import { parsePhoneLabelFile, parseSplitList, refuseSharedUtterances } from '../../data/phone-label-file.js';
import { parsePhoneSegments, timitPhones } from '../../data/phones.js';
import { decodeSphere, readSphereHeader } from '../../data/sphere.js';
import { writeFlac } from '../../data/test-support/flac-writer.js';
import { timitFields, writeSphere } from '../../data/test-support/sphere-writer.js';
import { extensibleFormat, format, longSizes, riff, text } from '../../data/test-support/wav-writer.js';
import { type DecodedAudio, decodeWav, encodeWav, mixToMono } from '../../data/wav.js';
import { readWavHeader } from '../../data/wav-header.js';
import { initialiseSpeechModel } from '../../model.js';
import { smallPreset } from '../../presets.js';
import { decodeAudio, factsInHead } from '../data/audio-file.js';
import { refuseWrongChecksum } from '../data/flac-checksum.js';
import { speechModels } from '../model-file.js';
import type { FuzzedReader } from './fuzz.js';

const kilobyte = 1_024;
const megabyte = kilobyte ** 2;
/** Bytes of the file's head that `inspectAudioFile` looks at. */
const headBytes = 4_096;

const noise = (length: number): Float32Array => {
  const random = createRandom(length);
  return Float32Array.from({ length }, () => 0.3 * random.normal());
};

const wavFiles: readonly Uint8Array[] = [
  encodeWav({ sampleRateHz: 16_000, channels: [noise(40)] }),
  encodeWav({ sampleRateHz: 8_000, channels: [noise(90), noise(90)] }, 'float-32'),
  riff([{ name: 'LIST', body: [1, 2, 3] }, format(1, 1, 24), { name: 'data', body: [...Array(300).keys()] }]),
  riff([format(1, 2, 8, 44_100), { name: 'data', body: [...Array(200).keys()] }]),
  riff([extensibleFormat(), { name: 'data', body: [...Array(100).keys()] }], 'RIFF', 0xffff_ffff),
  riff([longSizes(100), format(1, 1, 16), { name: 'data', body: Array(100).fill(3), size: 0xffff_ffff }], 'RF64'),
  riff([format(3, 1, 64), { name: 'data', body: Array(20).fill([0, 0, 0, 0, 0, 0, 0xd0, 0x3f]).flat() }]),
];

const fixtures = join(import.meta.dirname, '..', 'data', 'fixtures');
const flacFiles: readonly Uint8Array[] = [
  ...readdirSync(fixtures).map((name) => new Uint8Array(readFileSync(join(fixtures, name)))),
  writeFlac({ sampleRateHz: 16_000, bitsPerSample: 16, channels: [[...Array(300).keys()]] }),
  writeFlac({
    sampleRateHz: 8_000,
    bitsPerSample: 8,
    channels: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    statedSampleCount: 0,
  }),
  Uint8Array.from([
    ...[...text('ID3'), 4, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0],
    ...writeFlac({ sampleRateHz: 16_000, bitsPerSample: 24, channels: [[-8_388_608, 8_388_607]] }),
  ]),
];

const sphereFiles: readonly Uint8Array[] = [
  writeSphere(timitFields(60), [...Array(120).keys()]),
  writeSphere([...timitFields(30).slice(1), 'channel_count -i 2', 'sample_coding -s3 pcm'], [...Array(120).keys()]),
  writeSphere([...timitFields(10), `comment -s4 a${' '.repeat(99_000)}b`], Array(20).fill(1), 200_000), // long, and blank
];

export const audioFiles: readonly Uint8Array[] = [...wavFiles, ...flacFiles, ...sphereFiles];

/** As FLAC's frames may: 65,535 samples of 8 channels in a dozen bytes, first as int32, then as float32. */
const flacFrameBytes = 8 * 65_536 * (4 + 4);

export const flacReader: FuzzedReader = {
  name: 'FLAC',
  files: flacFiles,
  read: (bytes, where) => {
    const flac = decodeFlac(bytes, where);
    refuseWrongChecksum(flac, where);
    checkAudio(flac, flac.header.sampleCount, 1);
    checkHead(bytes, where, flac);
  },
  memoryFor: (length) => 64 * length + 4 * flacFrameBytes,
};

export const audioReaders: readonly FuzzedReader[] = [
  {
    name: 'WAV',
    files: wavFiles,
    read: (bytes, where) => {
      const audio = decodeWav(bytes, where);
      checkAudio(audio, readWavHeader(bytes, bytes.length, where)?.sampleCount);
      checkHead(bytes, where, audio);
    },
    memoryFor: (length) => 12 * length + 4 * megabyte,
  },
  flacReader,
  {
    name: 'SPHERE',
    files: sphereFiles,
    read: (bytes, where) => {
      const audio = decodeSphere(bytes, where);
      checkAudio(audio, readSphereHeader(bytes, bytes.length, where)?.sampleCount, 1);
    },
    memoryFor: (length) => 12 * length + 64 * kilobyte,
  },
  {
    name: 'audio of any kind',
    files: audioFiles,
    read: (bytes, where) => {
      const audio = decodeAudio(bytes, where);
      checkAudio(audio, audio.channels[0]?.length);
      checkHead(bytes, where, audio);
    },
    memoryFor: (length) => 64 * length + 4 * flacFrameBytes,
  },
];

/** Channels of one length, samples finite and, where bounded, within [-1, 1]; their mean too. */
function checkAudio({ channels, sampleRateHz }: DecodedAudio, sampleCount: number | undefined, bound = Infinity): void {
  if (!Number.isInteger(sampleRateHz) || sampleRateHz < 1) throw new Error(`a rate of ${sampleRateHz} Hz`);
  for (const samples of [...channels, mixToMono(channels)]) {
    if (samples.length !== (sampleCount ?? samples.length))
      throw new Error(`${samples.length} of ${sampleCount} samples`);
    const wrong = samples.find((sample) => !(Number.isFinite(sample) && Math.abs(sample) <= bound));
    if (wrong !== undefined) throw new Error(`a sample of ${wrong}`);
  }
}

/** What is said of a file without decoding it is true once it is decoded. */
function checkHead(bytes: Uint8Array, where: string, { channels, sampleRateHz }: DecodedAudio): void {
  const facts = factsInHead(bytes.subarray(0, headBytes), bytes.length, where);
  if (facts === undefined) return;
  if (facts.sampleCount !== channels[0]?.length || facts.sampleRateHz !== sampleRateHz)
    throw new Error(`a head that says ${JSON.stringify(facts)}`);
}

const decoded = (bytes: Uint8Array): string => new TextDecoder().decode(bytes); // as readFile(path, 'utf8') does
const encoded = (value: string): Uint8Array => new TextEncoder().encode(value);

/** What is said of a file from its head alone, whether or not the rest can be decoded. */
export const headReader: FuzzedReader = {
  name: 'heads',
  files: audioFiles,
  read: (bytes, where) => {
    const facts = factsInHead(bytes.subarray(0, headBytes), bytes.length, where);
    if (facts === undefined) return;
    const { sampleRateHz, sampleCount } = facts;
    if (!Number.isInteger(sampleRateHz) || sampleRateHz < 1) throw new Error(`a rate of ${sampleRateHz} Hz`);
    // FLAC holds 65,536 equal samples in 10 bytes; no file holds more in less
    const isPlausible = Number.isInteger(sampleCount) && sampleCount >= 0 && sampleCount <= 6_554 * (bytes.length + 10);
    if (!isPlausible) throw new Error(`${sampleCount} samples in ${bytes.length} bytes`);
  },
  memoryFor: () => 64 * kilobyte,
};

export const textReaders: readonly FuzzedReader[] = [
  {
    name: '.phn',
    files: [encoded('0 2360 h#\n2360 3720 sh\n3720 4200 iy\n'), encoded('0 160 pau\r\n\r\n160 900 ax-h\r\n')],
    read: (bytes, where) => {
      let end = 0;
      const segments = parsePhoneSegments(decoded(bytes), where);
      for (const { startSample, endSample, phone } of segments) {
        const isRight = startSample >= end && endSample > startSample && Number.isSafeInteger(endSample);
        if (!isRight || !timitPhones.includes(phone)) throw new Error(`a segment ${startSample} ${endSample} ${phone}`);
        end = endSample;
      }
      if (framePhones(segments, 50, () => 1).some((label) => label !== 1 && label !== -1)) throw new Error('a label');
    },
    memoryFor: (length) => 64 * length + 64 * kilobyte,
  },
  {
    name: 'phone labels',
    files: [encoded('103-1240-0000 0 0 40 12\n19-198-0001 7\n'), encoded(`1-2-3 ${Array(200).fill(40).join(' ')}\r\n`)],
    read: (bytes, where) => {
      const labelsById = parsePhoneLabelFile(decoded(bytes), where);
      if (labelsById.size === 0) throw new Error('no utterance');
      for (const [id, labels] of labelsById) {
        if (id === '' || /\s/.test(id)) throw new Error(`an id ${JSON.stringify(id)}`);
        if (labels.length === 0 || labels.some((label) => label > 40)) throw new Error(`labels ${labels.join()}`);
      }
    },
    memoryFor: (length) => 64 * length + 64 * kilobyte,
  },
  {
    name: 'split lists',
    files: [encoded('103-1240-0000\n103-1240-0001\n19-198-0001\n'), encoded('a\r\nb\r\n\r\nc')],
    read: (bytes, where) => {
      const ids = parseSplitList(decoded(bytes), where);
      if (ids.length === 0 || new Set(ids).size < ids.length) throw new Error(`ids ${ids.join()}`);
      if (ids.some((id) => id === '' || /\s/.test(id))) throw new Error('an id that is no word');
      refuseSharedUtterances(ids.slice(0, 1), ids.slice(1), where);
    },
    memoryFor: (length) => 64 * length + 64 * kilobyte,
  },
  {
    name: 'paths',
    files: [
      ...['train-clean-100/103/1240/103-1240-0000.flac', 'TRAIN/DR1/FVMH0/SA1.WAV', 'dr1-fvmh0/sa1.wav'],
      ...['recordings/0_george_12.wav', 'a/b/c.wav'],
    ].map(encoded),
    read: (bytes) => {
      const path = decoded(bytes);
      for (const layout of corpusLayouts) {
        const facts = layout.parse(path);
        if (facts !== undefined && !path.toLowerCase().includes(facts.speaker.toLowerCase()))
          throw new Error(facts.speaker);
      }
    },
    memoryFor: (length) => 64 * length + 64 * kilobyte,
  },
];

const tinySettings = { ...smallPreset, channels: 3, contextUnits: 2 };

export const modelReader: FuzzedReader = {
  name: 'model.safetensors',
  files: [1, 2].map((seed) =>
    encodeSafetensors(
      flatten(initialiseSpeechModel(tinySettings, createRandom(seed))),
      speechModels.metadata({ settings: tinySettings }, seed),
    ),
  ),
  read: (bytes, where) => {
    const { settings, parameters, seed } = speechModels.decode(bytes, where);
    createRandom(seed);
    // what a model's settings promise, its parameters are
    const kernel = flatten(parameters)['encoder/conv1/kernel'];
    if (kernel?.shape.at(-1) !== settings.channels) throw new Error(`${settings.channels} channels`);
    initialiseSpeechModel(settings, createRandom(seed));
  },
  memoryFor: (length) => 64 * length + 256 * kilobyte,
};
