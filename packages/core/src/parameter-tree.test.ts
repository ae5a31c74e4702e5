import { CpcError } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { countParameters, flatten, type HostArray, mapTree, sizeOf, type Tree, unflatten } from './parameter-tree.js';

function zeros(...shape: number[]): HostArray {
  return { shape, data: new Float32Array(sizeOf(shape)) };
}

const tree = {
  encoder: { conv2: { kernel: zeros(4, 3, 2), bias: zeros(2) }, conv1: { kernel: zeros(5) } },
  scale: zeros(),
};
const paths = ['encoder/conv2/kernel', 'encoder/conv2/bias', 'encoder/conv1/kernel', 'scale'];

const isNumber = (node: number | Tree<number>): node is number => typeof node === 'number';

describe('flatten', () => {
  it('gives 4 leaves by path, in the order of insertion', () => {
    const leaves = flatten(tree);
    expect(Object.keys(leaves)).toEqual(paths);
    expect(leaves['encoder/conv2/bias']).toBe(tree.encoder.conv2.bias);
  });

  it('takes a subtree that is called "shape" for a subtree', () => {
    expect(Object.keys(flatten({ shape: { kernel: zeros(1) } }))).toEqual(['shape/kernel']);
  });

  it('takes leaves without a shape where it is told how to know them', () => {
    expect(flatten({ a: { b: 1 }, c: 0 }, isNumber)).toEqual({ 'a/b': 1, c: 0 });
  });

  it('gives 0 leaves for an empty tree', () => {
    expect(flatten<HostArray>({ empty: {} })).toEqual({});
  });

  it.each(['', 'a/b'])('refuses the name "%s", and says under what it stands', (name) => {
    expect(() => flatten({ encoder: { [name]: zeros(1) } })).toThrow(`received "${name}" under "encoder/"`);
  });
});

describe('unflatten', () => {
  it('undoes flatten, order included', () => {
    const copy = unflatten(flatten(tree));
    expect(copy).toEqual(tree);
    expect(Object.keys(flatten(copy))).toEqual(paths);
  });

  it('gathers leaves of one subtree that stand apart', () => {
    expect(unflatten({ 'a/x': 1, b: 2, 'a/y': 3 })).toEqual({ a: { x: 1, y: 3 }, b: 2 });
  });

  it.each([{ leaves: { a: 1, 'a/b': 2 } }, { leaves: { 'a/b': 2, a: 1 } }])('refuses $leaves', ({ leaves }) => {
    expect(() => unflatten(leaves)).toThrow(/no path to be the beginning of another, received "a" and "a\/b"/);
  });

  it.each(['', '/a', 'a/', 'a//b'])('refuses the path "%s"', (path) => {
    expect(() => unflatten({ [path]: 1 })).toThrow(CpcError);
  });

  it('leaves the prototype of all objects alone', () => {
    const leaves: unknown = JSON.parse('{"__proto__/polluted": 1}');
    unflatten({ ...(typeof leaves === 'object' ? leaves : {}) });
    expect('polluted' in {}).toBe(false);
  });
});

describe('mapTree', () => {
  it('keeps the 4 paths and hands each to the function', () => {
    const mapped = mapTree(tree, ({ shape }, path) => `${path} ${shape.join('x')}`);
    expect(mapped).toEqual({
      encoder: {
        conv2: { kernel: 'encoder/conv2/kernel 4x3x2', bias: 'encoder/conv2/bias 2' },
        conv1: { kernel: 'encoder/conv1/kernel 5' },
      },
      scale: 'scale ',
    });
  });

  it('doubles numbers where it is told that they are leaves', () => {
    expect(mapTree({ a: { b: 1 }, c: 0 }, (leaf) => leaf * 2, isNumber)).toEqual({ a: { b: 2 }, c: 0 });
  });
});

it('countParameters counts 24 + 2 + 5 + 1 = 32 numbers', () => {
  expect(countParameters(tree)).toBe(32);
});
