/**
 * `model.safetensors` of a run: parameters, with what it takes to use them again in the file's metadata. What that is, and which
 * parameters there must be, a domain says.
 */
import { CpcError } from '@cpc/base';
import { flatten, type HostArray, type Tree, unflatten } from '@cpc/core';
import { checkChecksum, checkedSafetensorsParts, checksumKey, writeParts } from '../files/checked-safetensors.js';
import { isMissing, readRegularFile } from '../files/regular-file.js';
import { decodeSafetensors } from '../formats/safetensors.js';
import { runPaths } from '../run-folder/run-folder.js';

export interface ModelFile {
  readonly parameters: Tree<HostArray>;
  /** Of the run. */
  readonly seed: number;
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * What a user should know before relying on the model, such as that its file has no checksum and damage would go unnoticed. The
   * command `cpc` shows them; a program that loads a model decides for itself.
   */
  readonly warnings: readonly string[];
}

/** Says that a file carries a checksum. A flipped bit may hide this key or that of the checksum, not both. */
const markKey = 'cpc.checksum';

/**
 * Shows the warnings of a model to the user of a command.
 *
 * @returns the model.
 *
 * @example
 * const model = yield* reportWarnings(await loadSpeechModel(run));
 */
export function* reportWarnings<Model extends Pick<ModelFile, 'warnings'>>(
  model: Model,
): Generator<{ readonly type: 'warning'; readonly message: string }, Model, undefined> {
  for (const message of model.warnings) yield { type: 'warning', message };
  return model;
}

/**
 * Writes `model.safetensors` with a checksum over every byte; the file appears whole or not at all.
 *
 * @param metadata - of `modelFileMetadata`.
 */
export async function writeModelFile(
  path: string,
  parameters: Tree<HostArray>,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  await writeParts(path, checkedSafetensorsParts(flatten(parameters), { [markKey]: checksumKey, ...metadata }));
}

/** Under this name the metadata say how many updates the parameters have seen. */
export const stepKey = 'step';
/** Under this name they say that the run went wrong after them. */
export const lastGoodKey = 'lastGood';

/** What a model's metadata say: what all have, and what its domain adds. */
export function modelFileMetadata(
  domain: string,
  seed: number,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  return { format: 'cpc-model', domain, ...added, seed: String(seed) };
}

/**
 * The bytes of a run's model, and the path they come from.
 *
 * @param run - the run's folder.
 * @param domain - named in the error.
 * @throws {CpcError} if there is none yet.
 */
export async function readModelFile(run: string, domain: string): Promise<{ bytes: Uint8Array; path: string }> {
  const path = runPaths(run).model;
  const bytes = await readRegularFile(path).catch((cause: unknown) => {
    if (!isMissing(cause)) throw cause;
    throw new CpcError({
      where: path,
      expected: 'the model of a finished or interrupted run',
      received: 'no such file',
      fix: `Give the folder that \`cpc ${domain} train\` wrote; a run that was killed writes its model when it is resumed.`,
      cause,
    });
  });
  return { bytes, path };
}

/**
 * @param path - named in the error.
 * @throws {CpcError} if the bytes are damaged, of another domain, or a parameter is not finite. A file without a checksum, written by an
 *   earlier version, is taken with a warning.
 */
export function decodeModelFile(bytes: Uint8Array, path: string, domain: string): ModelFile {
  const { tensors, metadata: written } = decodeSafetensors(bytes, path);
  const warnings = checksumWarnings(bytes, written, path);
  const { [checksumKey]: _checksum, [markKey]: _mark, ...metadata } = written;
  if (metadata.domain !== domain) {
    const expected = `a model of the domain ${domain}`;
    throw new CpcError({ where: path, expected, received: metadata.domain ?? 'none' });
  }
  const parameters = Object.entries(tensors).map(([name, { shape, data }]): [string, HostArray] => {
    if (data instanceof Float32Array) return [name, { shape, data: finite(data, name, path) }];
    throw new CpcError({ where: path, expected: `float32 values in ${name}`, received: data.constructor.name });
  });
  const seed = Number(metadata.seed ?? Number.NaN);
  if (!Number.isSafeInteger(seed))
    throw new CpcError({ where: path, expected: 'a whole number as seed', received: metadata.seed ?? 'none' });
  return { parameters: unflatten(Object.fromEntries(parameters)), seed, metadata, warnings };
}

function checksumWarnings(bytes: Uint8Array, metadata: Readonly<Record<string, string>>, where: string): string[] {
  const fix = 'The file is damaged: restore it from a copy, or resume the run, which writes it again.';
  if (checkChecksum(bytes, metadata, { where, fix }) === 'right') return [];
  if (Object.hasOwn(metadata, markKey))
    throw new CpcError({ where, expected: `a checksum, ${checksumKey}, in its metadata`, received: 'none', fix });
  return [
    `${where} has no checksum, as files of earlier versions: damage to it would go unnoticed. Resume the run to write it anew`,
  ];
}

function finite(data: Float32Array, name: string, where: string): Float32Array {
  const index = data.findIndex((value) => !Number.isFinite(value));
  if (index === -1) return data;
  throw new CpcError({
    where,
    expected: `finite parameters in ${name}`,
    received: `${data[index]} at index ${index}`,
    fix: 'Training diverged, or the file is damaged: use another run, or train with a lower learning rate.',
  });
}

/**
 * What stands under a name of the metadata, as JSON.
 *
 * @throws {CpcError} if it is not there, or no JSON.
 */
export function metadataJson({ metadata }: Pick<ModelFile, 'metadata'>, name: string, where: string): unknown {
  try {
    return JSON.parse(metadata[name] ?? '');
  } catch (cause) {
    throw new CpcError({
      where,
      expected: `the ${name} of the model in its metadata`,
      received: metadata[name] ?? 'none',
      cause,
    });
  }
}

/**
 * A model whose parameters are not those of its settings would fail only when it is used, or compute something else.
 *
 * @param shapes - by path, such as `encoder/conv1/kernel`; there may be further parameters.
 * @param origin - what says so, such as `its settings`.
 * @throws {CpcError} at the first parameter that is missing or of another shape.
 */
export function requireParameterShapes(
  { parameters }: Pick<ModelFile, 'parameters'>,
  shapes: Readonly<Record<string, readonly number[]>>,
  { origin, where }: { readonly origin: string; readonly where: string },
): void {
  const flat = flatten(parameters);
  for (const [name, expected] of Object.entries(shapes)) {
    const received = flat[name]?.shape;
    if (received?.join() === expected.join()) continue;
    throw new CpcError({
      where,
      expected: `${name} of shape [${expected.join(', ')}], as ${origin} say`,
      received: received === undefined ? 'no such parameter' : received,
      fix: 'The file is damaged, or was put together from two models.',
    });
  }
}
