/**
 * An optimiser within a traced function: what enters for it beside parameters and gradients, and what comes out.
 *
 * Parameters are known by their names in the state, such as `parameters/encoder/kernel` (`training/state-names.ts`); results
 * stand under `next/` and the name of what they replace.
 */
import { type HostTensor, type NamedHostTensors, type NamedSpecs, type State, zeros } from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';
import type { Optimiser } from '../optimisers/optimiser.js';
import { momentName } from './state-names.js';

export const nextPrefix = 'next/';

/** What every moment of every parameter is before the first update. */
export function initialMoments(optimiser: Optimiser, parameters: NamedSpecs): Record<string, HostTensor> {
  const moments = Object.entries(optimiser.moments).flatMap(([moment, start]) =>
    Object.entries(parameters).map(([name, spec]): [string, HostTensor] => {
      const tensor = zeros(spec);
      tensor.data.fill(start);
      return [momentName(moment, name), tensor];
    }),
  );
  return Object.fromEntries(moments);
}

/** One parameter of a traced update. */
export interface UpdatedParameter {
  /** In the state. */
  readonly name: string;
  readonly parameter: tf.Tensor;
  readonly gradient: tf.Tensor;
  /** What its change is multiplied by; none where it is 1. */
  readonly rateFactor?: number | undefined;
}

/** The moments and scalars that a traced update reads. */
export function optimiserSpecs(optimiser: Optimiser, parameters: NamedSpecs): NamedSpecs {
  const moments = Object.keys(optimiser.moments).flatMap((moment) =>
    Object.entries(parameters).map(([name, spec]) => [momentName(moment, name), spec] as const),
  );
  const scalars = Object.keys(optimiser.scalars(1)).map((name) => [name, { shape: [], dtype: 'float32' }] as const);
  return Object.fromEntries([...moments, ...scalars]);
}

/** What `Optimiser.scalars` gave for a step, as inputs. */
export function scalarFeeds(scalars: Readonly<Record<string, number>>): NamedHostTensors {
  const feeds = Object.entries(scalars).map(([name, value]) => [name, { shape: [], data: Float32Array.of(value) }]);
  return Object.fromEntries(feeds);
}

/** Where the results of a step are written: the buffers that `state.swap()` makes count. */
export function nextBuffers({ next }: State): NamedHostTensors {
  return Object.fromEntries(Object.entries(next).map(([name, buffer]) => [nextPrefix + name, buffer]));
}

/**
 * Traced: one parameter's update.
 *
 * @param inputs - the moments and scalars of `optimiserSpecs`, among others.
 * @returns the parameter and its moments under their next names; the caller owns them.
 */
export function tracedUpdate(
  optimiser: Optimiser,
  inputs: Readonly<Record<string, tf.Tensor>>,
  { name, parameter, gradient, rateFactor }: UpdatedParameter,
): Record<string, tf.Tensor> {
  const tensor = (wanted: string) => inputs[wanted] as tf.Tensor;
  const moments = Object.keys(optimiser.moments);
  const updated = optimiser.update({
    parameter,
    gradient,
    moments: Object.fromEntries(moments.map((moment) => [moment, tensor(momentName(moment, name))])),
    scalars: Object.fromEntries(Object.keys(optimiser.scalars(1)).map((scalar) => [scalar, tensor(scalar)])),
  });
  const next = moments.map((moment) => [nextPrefix + momentName(moment, name), updated.moments[moment] as tf.Tensor]);
  const moved = rateFactor === undefined ? updated.parameter : further(parameter, updated.parameter, rateFactor);
  return { [nextPrefix + name]: moved, ...Object.fromEntries(next) };
}

/** As an update with so many times the rate. */
function further(before: tf.Tensor, after: tf.Tensor, factor: number): tf.Tensor {
  return tf.tidy(() => tf.add(before, tf.mul(tf.sub(after, before), factor)));
}
