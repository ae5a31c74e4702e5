/**
 * One channel of one FLAC frame: a predictor and what it missed.
 *
 * Source: RFC 9639, section 9.2.
 */
import type { BitReader } from './bit-reader.js';
import { DamagedFileError } from './damaged-file-error.js';

/**
 * Decodes a subframe.
 *
 * @param reader - stands at its first bit; afterwards behind its last.
 * @param blockSize - samples in the frame.
 * @param bitsPerSample - of this channel: one more than the file's for a difference of channels.
 * @returns `[blockSize]` whole numbers.
 * @throws {DamagedFileError} if it is of no known kind or ends early.
 */
export function readSubframe(reader: BitReader, blockSize: number, bitsPerSample: number): Int32Array {
  if (reader.unsigned(1) !== 0) throw damaged(reader, 'a subframe that begins with a 0 bit', '1');
  const kind = reader.unsigned(6);
  const wastedBits = reader.unsigned(1) === 0 ? 0 : reader.zeros() + 1;
  const width = bitsPerSample - wastedBits;
  if (width < 1) throw damaged(reader, `fewer than ${bitsPerSample} wasted bits`, String(wastedBits));
  const samples = new Int32Array(blockSize);
  readSamples(reader, kind, samples, width);
  if (wastedBits > 0)
    for (let index = 0; index < blockSize; index += 1) samples[index] = (samples[index] ?? 0) << wastedBits;
  return samples;
}

function readSamples(reader: BitReader, kind: number, samples: Int32Array, width: number): void {
  if (kind === 0) samples.fill(reader.signed(width));
  else if (kind === 1) readRaw(reader, samples, samples.length, width);
  else if (kind >= 8 && kind <= 12) readFixed(reader, samples, kind - 8, width);
  else if (kind >= 32) readLinear(reader, samples, kind - 31, width);
  else throw damaged(reader, 'a subframe of kind 0, 1, 8 to 12, or 32 to 63', String(kind));
}

function readRaw(reader: BitReader, samples: Int32Array, count: number, width: number): void {
  if (count > samples.length) throw damaged(reader, `a predictor of at most ${samples.length} samples`, String(count));
  for (let index = 0; index < count; index += 1) samples[index] = reader.signed(width);
}

/** Coefficients of the fixed predictors: the k-th difference is taken to be 0. */
const fixedCoefficients: readonly (readonly number[])[] = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

function readFixed(reader: BitReader, samples: Int32Array, order: number, width: number): void {
  readRaw(reader, samples, order, width);
  readResidual(reader, samples, order);
  addPredictions(samples, fixedCoefficients[order] ?? [], 0);
}

function readLinear(reader: BitReader, samples: Int32Array, order: number, width: number): void {
  readRaw(reader, samples, order, width);
  const precision = reader.unsigned(4) + 1;
  const shift = reader.signed(5);
  if (precision === 16 || shift < 0)
    throw damaged(reader, 'a precision below 16 and a shift from 0', `${precision} and ${shift}`);
  const coefficients = Array.from({ length: order }, () => reader.signed(precision));
  readResidual(reader, samples, order);
  addPredictions(samples, coefficients, shift);
}

/** Turns what the predictor missed into samples, in place: the first `order` are samples already. */
function addPredictions(samples: Int32Array, coefficients: readonly number[], shift: number): void {
  const order = coefficients.length;
  const newestLast = Float64Array.from(coefficients).reverse();
  const scale = 2 ** -shift;
  for (let index = order; index < samples.length; index += 1) {
    let sum = 0; // below 2^45, so exact in float64; int32 would overflow
    for (let tap = 0; tap < order; tap += 1) sum += (newestLast[tap] ?? 0) * (samples[index - order + tap] ?? 0);
    samples[index] = (samples[index] ?? 0) + Math.floor(sum * scale);
  }
}

/** Reads the Rice-coded residual into `samples` from index `order` on. */
function readResidual(reader: BitReader, samples: Int32Array, order: number): void {
  const method = reader.unsigned(2);
  if (method > 1) throw damaged(reader, 'a residual coded by method 0 or 1', String(method));
  const parameterWidth = 4 + method;
  const uncoded = 2 ** parameterWidth - 1;
  const partitions = 2 ** reader.unsigned(4);
  const partitionSize = samples.length / partitions;
  if (!Number.isInteger(partitionSize) || partitionSize < order) {
    throw damaged(reader, `partitions that divide ${samples.length} samples and hold ${order}`, String(partitions));
  }
  for (let partition = 0; partition < partitions; partition += 1) {
    const start = partition === 0 ? order : partition * partitionSize;
    const end = (partition + 1) * partitionSize;
    const parameter = reader.unsigned(parameterWidth);
    if (parameter === uncoded) readUncoded(reader, samples, start, end);
    else readRice(reader, samples, start, end, parameter);
  }
}

function readUncoded(reader: BitReader, samples: Int32Array, start: number, end: number): void {
  const width = reader.unsigned(5);
  for (let index = start; index < end; index += 1) samples[index] = reader.signed(width);
}

function readRice(reader: BitReader, samples: Int32Array, start: number, end: number, parameter: number): void {
  const unit = 2 ** parameter;
  for (let index = start; index < end; index += 1) {
    const folded = reader.zeros() * unit + reader.unsigned(parameter); // 0, -1, 1, -2, 2, ... as 0, 1, 2, 3, 4, ...
    samples[index] = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }
}

function damaged(reader: BitReader, expected: string, received: string): DamagedFileError {
  return new DamagedFileError({ where: `${reader.where}, byte ${reader.byteOffset}`, expected, received });
}
