/**
 * Parameter trees: nested records whose leaves are tensors, on the host or on an engine.
 *
 * A path joins the names from the root to a leaf: `encoder/conv2/kernel`. Paths are what checkpoints, error messages
 * and exported models call a parameter, so names are never empty and hold no slash.
 */

import { CpcArgumentError, CpcError } from '@cpc/base';
import type { NamedSpecs } from '@cpc/compile';

/** A float32 tensor in plain memory, rows last axis first (row-major). */
export interface HostArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Named leaves and named subtrees. */
export type Tree<Leaf> = { readonly [name: string]: Leaf | Tree<Leaf> };

/** What makes a node a leaf unless told otherwise: it has a list of numbers called `shape`, as tensors do. */
export interface Shaped {
  readonly shape: readonly number[];
}

/** Tells a leaf from a subtree. */
export type IsLeaf<Leaf> = (node: Leaf | Tree<Leaf>) => node is Leaf;

/**
 * The leaves by path, in the tree's own order: depth first, names as they were inserted. (Names that are whole numbers
 * come first in any JavaScript object.)
 *
 * @param isLeaf - needed only if leaves have no `shape`.
 * @throws {CpcArgumentError} on a name that is empty or holds a slash.
 *
 * @example
 * Object.keys(flatten({ encoder: { kernel, bias }, scale })); // ['encoder/kernel', 'encoder/bias', 'scale']
 */
export function flatten<Leaf extends Shaped>(tree: Tree<Leaf>): Record<string, Leaf>;
export function flatten<Leaf>(tree: Tree<Leaf>, isLeaf: IsLeaf<Leaf>): Record<string, Leaf>;
export function flatten<Leaf>(tree: Tree<Leaf>, isLeaf: IsLeaf<Leaf> = hasShape): Record<string, Leaf> {
  return Object.fromEntries(leavesOf(tree, isLeaf, ''));
}

/**
 * The tree that `flatten` would make these leaves from.
 *
 * @throws {CpcError} if a path is also the beginning of another, or has an empty name in it.
 */
export function unflatten<Leaf>(leaves: Readonly<Record<string, Leaf>>): Tree<Leaf> {
  const entries = Object.entries(leaves).map(([path, leaf]) => ({ path, names: path.split('/'), leaf }));
  for (const { path, names } of entries) {
    if (names.includes('')) {
      throw new CpcError({ where: 'unflatten', expected: 'names divided by single slashes', received: `"${path}"` });
    }
  }
  return grow(entries, 0);
}

/**
 * The same tree with every leaf replaced.
 *
 * @param replace - given the leaf and its path, such as `encoder/conv2/kernel`.
 * @param isLeaf - needed only if leaves have no `shape`.
 *
 * @example
 * const moments = mapTree(parameters, ({ shape, data }) => ({ shape, data: new Float32Array(data.length) }));
 */
export function mapTree<Leaf extends Shaped, Replacement>(
  tree: Tree<Leaf>,
  replace: (leaf: Leaf, path: string) => Replacement,
): Tree<Replacement>;
export function mapTree<Leaf, Replacement>(
  tree: Tree<Leaf>,
  replace: (leaf: Leaf, path: string) => Replacement,
  isLeaf: IsLeaf<Leaf>,
): Tree<Replacement>;
export function mapTree<Leaf, Replacement>(
  tree: Tree<Leaf>,
  replace: (leaf: Leaf, path: string) => Replacement,
  isLeaf: IsLeaf<Leaf> = hasShape,
): Tree<Replacement> {
  return mapNodes(tree, replace, isLeaf, '');
}

/** How many numbers the leaves hold together. */
export function countParameters(tree: Tree<Shaped>): number {
  return Object.values(flatten(tree)).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** How many entries a tensor of that shape has; 1 for `[]`. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** Shapes and element type of float32 tensors by name, as a function of them is compiled for. */
export function float32Specs(tensors: Readonly<Record<string, Shaped>>): NamedSpecs {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape }]) => [name, { shape, dtype: 'float32' as const }]),
  );
}

function hasShape<Leaf>(node: Leaf | Tree<Leaf>): node is Leaf {
  return typeof node === 'object' && node !== null && 'shape' in node && Array.isArray(node.shape);
}

function leavesOf<Leaf>(tree: Tree<Leaf>, isLeaf: IsLeaf<Leaf>, prefix: string): [string, Leaf][] {
  return Object.entries(tree).flatMap(([name, node]) => {
    const path = prefix + checkedName(name, prefix);
    return isLeaf(node) ? [[path, node]] : leavesOf(node, isLeaf, `${path}/`);
  });
}

function mapNodes<Leaf, Replacement>(
  tree: Tree<Leaf>,
  replace: (leaf: Leaf, path: string) => Replacement,
  isLeaf: IsLeaf<Leaf>,
  prefix: string,
): Tree<Replacement> {
  return Object.fromEntries(
    Object.entries(tree).map(([name, node]) => {
      const path = prefix + checkedName(name, prefix);
      return [name, isLeaf(node) ? replace(node, path) : mapNodes(node, replace, isLeaf, `${path}/`)];
    }),
  );
}

function checkedName(name: string, prefix: string): string {
  if (name !== '' && !name.includes('/')) return name;
  throw new CpcArgumentError({
    where: 'parameter tree',
    argument: 'name',
    expected: 'names that are not empty and hold no slash',
    received: `"${name}" under "${prefix}"`,
    fix: 'Nest records instead of writing slashes; unflatten() of @cpc/core does that.',
  });
}

interface Entry<Leaf> {
  readonly path: string;
  readonly names: readonly string[];
  readonly leaf: Leaf;
}

/** The subtree of entries that share their first `depth` names. */
function grow<Leaf>(entries: readonly Entry<Leaf>[], depth: number): Tree<Leaf> {
  const groups = new Map<string, Entry<Leaf>[]>();
  for (const entry of entries) {
    const name = entry.names[depth] ?? '';
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [entry]);
    else group.push(entry);
  }
  return Object.fromEntries([...groups].map(([name, group]) => [name, nodeOf(group, depth + 1)]));
}

function nodeOf<Leaf>(group: readonly Entry<Leaf>[], depth: number): Leaf | Tree<Leaf> {
  const ending = group.find(({ names }) => names.length === depth);
  if (ending === undefined) return grow(group, depth);
  const other = group.find((entry) => entry !== ending);
  if (other === undefined) return ending.leaf;
  throw new CpcError({
    where: 'unflatten',
    expected: 'no path to be the beginning of another',
    received: `"${ending.path}" and "${other.path}"`,
  });
}
