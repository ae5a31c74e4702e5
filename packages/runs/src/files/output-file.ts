/** Files that a command writes: what would fail at the end is refused before work begins. */
import { constants } from 'node:fs';
import { access, open, realpath, stat } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { CpcArgumentError } from '@cpc/base';
import { isSystemError } from '@cpc/base/node';

/**
 * Refuses a path that no file can be written to: its folder is missing or cannot be written to, a folder stands in its place, or a
 * file that is read from.
 *
 * @param option - named in the error, such as `--out`.
 * @param inputs - files that are read from, by whatever path, and folders of which no file may be replaced.
 * @throws {CpcArgumentError} with what to do.
 *
 * @example
 * await requireOutputFile('--out', 'features/latents.npy');
 */
export async function requireOutputFile(option: string, path: string, inputs: readonly string[] = []): Promise<void> {
  const folder = dirname(path);
  const refuse = (expected: string, received: string, fix: string): never => {
    throw new CpcArgumentError({ where: `${option} ${path}`, argument: option, expected, received, fix });
  };
  const info = await stat(folder).catch(() => undefined);
  if (info === undefined) refuse('a folder that exists', `${folder}, which does not`, `Make it: mkdir -p ${folder}`);
  if (info?.isDirectory() === false) refuse('a folder that exists', `${folder}, which is a file`, 'Name another path.');
  const standing = await stat(path).catch(() => undefined);
  if (standing?.isDirectory()) refuse('the path of a file', 'a folder', 'Name another path, or a file within it.');
  if (standing !== undefined && !standing.isFile() && !standing.isDirectory())
    refuse('the path of a file', 'a device, pipe or socket', 'Name another path.');
  const input = standing === undefined ? undefined : await inputAt(path, inputs);
  if (input !== undefined)
    refuse('the path of a file that is not read from', `one that would replace ${input}`, 'Name another path.');
  const isWritable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable) refuse('a folder that can be written to', folder, 'Name another path, or change its permissions.');
}

/** The input that the file at `path` is, by whatever links, or lies in. */
async function inputAt(path: string, inputs: readonly string[]): Promise<string | undefined> {
  const real = await realpath(path);
  for (const input of inputs) {
    const other = await realpath(input).catch(() => undefined);
    if (other !== undefined && (real === other || real.startsWith(other + sep) || (await areSame(real, other))))
      return input;
  }
  return undefined;
}

/** Two names of one file. */
async function areSame(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([stat(one, { bigint: true }), stat(other, { bigint: true })]);
  return first.dev === second.dev && first.ino === second.ino;
}

/**
 * Refuses to replace a file that is not ours.
 *
 * @param header - what the first line of ours is.
 * @param companion - a file that stands beside every one of ours: a header alone may be a coincidence.
 * @throws {CpcArgumentError} if there is a file that begins otherwise, or without its companion.
 */
export async function requireOwnFile(option: string, path: string, header: string, companion: string): Promise<void> {
  const begin = `${header}\n`;
  const found = await beginningOf(path, Buffer.byteLength(begin));
  if (found === undefined) return;
  const hasCompanion = (await stat(companion).catch(() => undefined))?.isFile() === true;
  if (found === begin && hasCompanion) return;
  throw new CpcArgumentError({
    where: `${option}`,
    argument: option,
    expected: `to write the index ${path}, which may replace an index only`,
    received: found === begin ? `a file without ${companion}` : `a file that begins with another line than "${header}"`,
    fix: `Move ${path} away, or name another file by ${option}.`,
  });
}

/** The first bytes as text, or undefined if there is no file. */
async function beginningOf(path: string, length: number): Promise<string | undefined> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    if (!(await handle.stat()).isFile()) return '';
    const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, 0);
    return new TextDecoder().decode(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** @throws {CpcArgumentError} if the name of a model to export does not end in `.onnx`. */
export function requireOnnxEnding(out: string): void {
  if (out.endsWith('.onnx')) return;
  const expected = 'an output file ending in .onnx';
  throw new CpcArgumentError({ where: 'export', argument: '--out', expected, received: out });
}
