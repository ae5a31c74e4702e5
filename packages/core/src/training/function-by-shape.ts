/** One function for every shape in which a batch may come, each made when the first such batch does. */
import type { CompiledFunction, NamedHostTensors, NamedSpecs } from '@cpc/compile';

/** What knows of no shape until it runs. */
export type FunctionByShape = Pick<CompiledFunction, 'run' | 'dispose'>;

/**
 * @param batches - shapes and types of a batch's inputs, at least one. A batch of another shape goes to the function of the first,
 *   which refuses it.
 * @param compile - for one of these; called once for each that is met, and at once where there is only one.
 * @returns a function of a batch and whatever else `compile` takes; dispose of it when done.
 */
export async function createFunctionByShape(
  batches: readonly NamedSpecs[],
  compile: (batch: NamedSpecs) => Promise<CompiledFunction>,
): Promise<FunctionByShape> {
  const [first = {}, ...others] = batches;
  const made = new Map<NamedSpecs, Promise<CompiledFunction>>();
  const functionOf = (batch: NamedSpecs) => {
    const compiled = made.get(batch) ?? compile(batch);
    made.set(batch, compiled);
    return compiled;
  };
  if (others.length === 0) await functionOf(first);
  return {
    run: async (feeds, into) => {
      const batch = others.find((specs) => hasShapes(feeds, specs)) ?? first;
      return (await functionOf(batch)).run(feeds, into);
    },
    dispose: async () => {
      const all = await Promise.all(made.values());
      made.clear();
      await Promise.all(all.map((compiled) => compiled.dispose()));
    },
  };
}

function hasShapes(tensors: NamedHostTensors, specs: NamedSpecs): boolean {
  return Object.entries(specs).every(([name, { shape }]) => tensors[name]?.shape.join() === shape.join());
}
