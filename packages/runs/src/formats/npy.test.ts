import { describe, expect, it } from 'vitest';
import { encodeNpy, npyHeader } from './npy.js';

describe('encodeNpy', () => {
  it('writes the magic, a header that ends at a multiple of 64, and little-endian values', () => {
    const bytes = encodeNpy({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, -6.5) });
    expect([...bytes.slice(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
    const view = new DataView(bytes.buffer);
    const start = 10 + view.getUint16(8, true);
    expect(start % 64).toBe(0);
    const header = new TextDecoder().decode(bytes.slice(10, start));
    expect(header).toContain("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
    expect(header.endsWith('\n')).toBe(true);
    expect(bytes.length).toBe(start + 24);
    expect(view.getFloat32(start + 20, true)).toBe(-6.5);
  });

  it('writes the shape of a vector as Python does: (3,)', () => {
    expect(new TextDecoder('latin1').decode(encodeNpy({ shape: [3], data: new Float32Array(3) }))).toContain(
      "'shape': (3,), }",
    );
  });

  it('is npyHeader followed by the values', () => {
    const bytes = encodeNpy({ shape: [1, 2], data: Float32Array.of(1, 2) });
    expect(bytes.slice(0, -8)).toEqual(npyHeader([1, 2]));
  });

  it('refuses 5 values for a shape of 6', () => {
    expect(() => encodeNpy({ shape: [2, 3], data: new Float32Array(5) })).toThrow(/6 values.*received 5/);
  });
});
