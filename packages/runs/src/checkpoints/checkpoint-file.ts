/**
 * A checkpoint as a safetensors file with a checksum (`files/checked-safetensors.ts`), of any size.
 */

import { CpcArgumentError, CpcError } from '@cpc/base';
import type { Checkpoint, HostArray } from '@cpc/core';
import {
  checkedSafetensorsParts,
  checksumKey,
  readCheckedSafetensors,
  reservedKey,
  writeParts,
} from '../files/checked-safetensors.js';
import type { StoredTensor } from '../formats/safetensors.js';

const stepKey = 'cpc.step';

/**
 * Writes a checkpoint; the file appears whole or not at all.
 *
 * @throws {CpcArgumentError} if the step is no whole number, or metadata use a key that the file format needs.
 * @throws {CpcError} if a tensor is not float32: such a file could not be read.
 */
export async function writeCheckpoint(path: string, { step, tensors, metadata }: Checkpoint): Promise<void> {
  checkStep(step);
  if (Object.hasOwn(metadata, stepKey)) throw reservedKey(stepKey, metadata[stepKey]);
  await writeParts(path, checkedSafetensorsParts(onlyFloats(tensors, path), { [stepKey]: String(step), ...metadata }));
}

/**
 * The checkpoint in a file, if every byte is as it was written.
 *
 * @throws {CpcError} if it is no regular file, damaged, cut off, or no checkpoint.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const fix = 'The file is damaged: resume from an older checkpoint, or restore it from a copy.';
  const { tensors, metadata, checksum } = await readCheckedSafetensors(path, fix);
  const { [stepKey]: step, ...rest } = metadata;
  if (step === undefined || checksum === 'none') {
    const expected = `a checkpoint, with ${stepKey} and ${checksumKey} in its metadata`;
    throw new CpcError({ where: path, expected, fix: 'Give a file from a run\'s "checkpoints" folder.' });
  }
  if (!isStep(Number(step)) || step === '')
    throw new CpcError({ where: path, expected: `${stepExpected}, as ${stepKey}`, received: step, fix });
  return { step: Number(step), tensors: onlyFloats(tensors, path), metadata: rest };
}

function checkStep(step: number): void {
  if (isStep(step)) return;
  throw new CpcArgumentError({ where: 'writeCheckpoint', argument: 'step', expected: stepExpected, received: step });
}

const stepExpected = 'a step that is a whole number from 0';

function isStep(step: number): boolean {
  return Number.isSafeInteger(step) && step >= 0;
}

function onlyFloats(tensors: Readonly<Record<string, StoredTensor>>, where: string): Record<string, HostArray> {
  const entries = Object.entries(tensors).map(([path, { shape, data }]): [string, HostArray] => {
    if (data instanceof Float32Array) return [path, { shape, data }];
    throw new CpcError({ where, expected: `"${path}" to be float32, as all of a checkpoint`, received: data });
  });
  return Object.fromEntries(entries);
}
