/**
 * `model.safetensors` of a run: parameters, with what it takes to use them again in the file's metadata. What that is, and which
 * parameters there must be, a domain says.
 */
import { CpcError } from '../errors.js';
import { flatten, type HostArray, type Tree, unflatten } from '../parameter-tree.js';
import { decodeSafetensors } from '../safetensors.js';
import { isMissing, readRegularFile } from './files/regular-file.js';
import { runPaths } from './run-folder.js';

export interface ModelFile {
  readonly parameters: Tree<HostArray>;
  /** Of the run. */
  readonly seed: number;
  readonly metadata: Readonly<Record<string, string>>;
}

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
 * @throws {CpcError} if the bytes are damaged, or of another domain.
 */
export function decodeModelFile(bytes: Uint8Array, path: string, domain: string): ModelFile {
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  if (metadata.domain !== domain) {
    const expected = `a model of the domain ${domain}`;
    throw new CpcError({ where: path, expected, received: metadata.domain ?? 'none' });
  }
  const parameters = Object.entries(tensors).map(([name, { shape, data }]): [string, HostArray] => {
    if (data instanceof Float32Array) return [name, { shape, data }];
    throw new CpcError({ where: path, expected: `float32 values in ${name}`, received: data.constructor.name });
  });
  const seed = Number(metadata.seed ?? 0);
  if (!Number.isSafeInteger(seed))
    throw new CpcError({ where: path, expected: 'a whole number as seed', received: metadata.seed });
  return { parameters: unflatten(Object.fromEntries(parameters)), seed, metadata };
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
