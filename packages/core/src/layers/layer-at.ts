/** Finds a layer's parameters in a tree. */
import { CpcArgumentError } from '@cpc/base';
import type { Tree } from '../parameter-tree.js';

/**
 * The leaves of one layer, by name.
 *
 * @param path - such as `encoder/conv2`.
 * @param names - the leaves the layer needs.
 * @throws {CpcArgumentError} if one is missing: the parameters belong to another model.
 *
 * @example
 * conv1d(layerAt(parameters, 'encoder/conv2', ['kernel', 'bias']), input, options);
 */
export function layerAt<Leaf extends { readonly shape: readonly number[] }, const Name extends string>(
  tree: Tree<Leaf>,
  path: string,
  names: readonly Name[],
): Record<Name, Leaf> {
  const found: Partial<Record<Name, Leaf>> = {};
  for (const name of names) {
    const leaf = [...path.split('/'), name].reduce<Leaf | Tree<Leaf> | undefined>(
      (node, part) => (node === undefined || isLeaf(node) ? undefined : node[part]),
      tree,
    );
    if (leaf === undefined || !isLeaf(leaf)) {
      throw new CpcArgumentError({
        where: 'layerAt',
        argument: 'parameters',
        expected: `a parameter ${path}/${name}`,
        received: Object.keys(tree),
        fix: 'Load parameters that were trained with the same model.',
      });
    }
    found[name] = leaf;
  }
  return found as Record<Name, Leaf>;
}

function isLeaf<Leaf extends { readonly shape: readonly number[] }>(node: Leaf | Tree<Leaf>): node is Leaf {
  return Array.isArray(node.shape);
}
