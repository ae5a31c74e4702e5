/** What the tensors of a training state are called: in checkpoints, and between the two halves of a step. */
import { type Tree, unflatten } from '../parameter-tree.js';

export const parametersPrefix = 'parameters/';
export const gradientsPrefix = 'gradients/';

/** Values by path under the names they have in the state: `parameters/encoder/kernel` for `encoder/kernel`. */
export function parameterNames<Value>(byPath: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(byPath).map(([path, value]) => [parametersPrefix + path, value]));
}

/** The parameter tree in the values of a state; the rest of them, such as moments, is left out. */
export function parametersIn<Value>(state: Readonly<Record<string, Value>>): Tree<Value> {
  const parameters = Object.entries(state).filter(([name]) => name.startsWith(parametersPrefix));
  return unflatten(Object.fromEntries(parameters.map(([name, value]) => [pathOf(name), value])));
}

/** `encoder/kernel` for `parameters/encoder/kernel`. */
export function pathOf(parameter: string): string {
  return parameter.slice(parametersPrefix.length);
}

/** The parameter tree of the named values: of each parameter, the value that `pick` gives for its name and place in the list. */
export function treeOfParameters<Value>(
  parameters: readonly string[],
  pick: (parameter: string, index: number) => Value | undefined,
): Tree<Value> {
  return unflatten(Object.fromEntries(parameters.map((name, index) => [pathOf(name), pick(name, index) as Value])));
}

/** `gradients/encoder/kernel` for `parameters/encoder/kernel`. */
export function gradientName(parameter: string): string {
  return gradientsPrefix + pathOf(parameter);
}

/** `moments/first/encoder/kernel` for the moment `first` of `parameters/encoder/kernel`. */
export function momentName(moment: string, parameter: string): string {
  return `moments/${moment}/${pathOf(parameter)}`;
}
