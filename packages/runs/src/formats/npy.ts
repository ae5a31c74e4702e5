/**
 * NumPy's file format for one array, version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { CpcArgumentError } from '@cpc/base';
import { type HostArray, sizeOf } from '@cpc/core';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]; // \x93NUMPY, version 1.0
const alignment = 64;

/**
 * A float32 array as the bytes of a `.npy` file, little-endian and row-major.
 *
 * @throws {CpcArgumentError} if `data` does not have as many values as `shape` says.
 *
 * @example
 * await writeFile('latents.npy', encodeNpy({ shape: [2, 3], data: new Float32Array(6) })); // numpy.load('latents.npy')
 */
export function encodeNpy({ shape, data }: HostArray): Uint8Array {
  const size = sizeOf(shape);
  if (size !== data.length) {
    throw new CpcArgumentError({
      where: 'encodeNpy',
      argument: 'data',
      expected: `${size} values for shape [${shape.join(', ')}]`,
      received: data.length,
    });
  }
  const header = npyHeader(shape);
  const bytes = new Uint8Array(header.length + data.length * 4);
  bytes.set(header);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of data.entries()) view.setFloat32(header.length + index * 4, value, true);
  return bytes;
}

/**
 * What a `.npy` file of float32 values begins with, for files that are written part by part: append the values, row-major and
 * little-endian, as many as `shape` says. Filled up with spaces, so that they start at a multiple of 64 bytes.
 */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const unpadded = magic.length + 2 + text.length + 1;
  const total = Math.ceil(unpadded / alignment) * alignment;
  const padded = `${text}${' '.repeat(total - unpadded)}\n`;
  const header = new Uint8Array(total);
  header.set(magic);
  new DataView(header.buffer).setUint16(magic.length, padded.length, true);
  header.set(new TextEncoder().encode(padded), magic.length + 2);
  return header;
}
