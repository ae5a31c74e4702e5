/**
 * The acting half of an agent: one step of the network for all copies at once, compiled apart from the update and reading the same
 * parameters. The LSTM's state stays here from step to step.
 *
 * Letters used for shapes here:
 *   B  copies    A  actions    H  size of c
 */
import { createState, type HostTensor, type NamedHostTensors, type NamedSpecs } from '@cpc/compile';
import {
  conv2d,
  type Engine,
  flatten,
  float32Specs,
  type HostArray,
  parameterNames,
  type TensorTree,
  type Tree,
  treeOfParameters,
} from '@cpc/core';
import { type Observations, observationSize } from '@cpc/environments';
import * as tf from '@tensorflow/tfjs';
import { encode } from './encoder.js';
import { type AgentShape, advance, decide } from './network.js';

/** What the agent is shown before a step. */
export interface Moment {
  /** `[B, …]`: as the environment gives them. */
  readonly observations: Observations;
  /** `[B]`: clipped rewards of the step before. */
  readonly lastRewards: Float32Array;
  /** `[B]`: the actions before. */
  readonly lastActions: Int32Array;
  /** `[B]`: 1 where an episode starts, else 0. */
  readonly starts: Float32Array;
}

/** What it makes of that; the arrays are reused by the next call. */
export interface ActorOutput {
  /** `[B, A]`. */
  readonly logits: Float32Array;
  /** `[B]`. */
  readonly values: Float32Array;
}

/** The LSTM's state, `[B, H]` each. */
export interface ActorState {
  readonly hidden: HostArray;
  readonly cell: HostArray;
}

export interface Actor {
  /** One step: the state moves on. */
  readonly act: (moment: Moment) => Promise<ActorOutput>;
  /** `[B]`: the values of what is seen, new; the state stays. */
  readonly valuesOf: (moment: Moment) => Promise<Float32Array>;
  /** The state as it is now; not a copy, and valid until the next call of `act`. */
  readonly state: () => ActorState;
  /** Goes on from a state; copied. */
  readonly load: (state: ActorState) => void;
  readonly dispose: () => Promise<void>;
}

export interface ActorOptions {
  readonly engine: Engine;
  readonly shape: AgentShape;
  /** B. */
  readonly copies: number;
  /** To act with; where `current` is given, for their names and shapes. */
  readonly parameters: Tree<HostArray>;
  /** Parameters that an update replaces, under `parameters/…`: asked at every step. Default: `parameters`, for ever. */
  readonly current?: () => NamedHostTensors;
}

/**
 * Prepares acting on an engine; the state is zero.
 *
 * @example
 * const actor = await createActor({ ...(await loadAgentModel('run')), engine, copies: 8 });
 */
export async function createActor({
  engine,
  shape,
  copies,
  parameters,
  current = fixed(parameters),
}: ActorOptions): Promise<Actor> {
  const specs = float32Specs(parameterNames(flatten(parameters)));
  const names = Object.keys(specs);
  const compiled = await engine.compile(
    (inputs) =>
      actingStep(
        shape,
        treeOfParameters(names, (name) => inputs[name]),
        inputs,
      ),
    { ...specs, ...momentSpecs(shape, copies) },
  );
  const state = createState(zeroState(copies, shape.contextUnits));
  const seen = new Float32Array(copies * observationSize(shape.observation));
  const outputs = {
    logits: { shape: [copies, shape.actionCount], data: new Float32Array(copies * shape.actionCount) },
    values: { shape: [copies], data: new Float32Array(copies) },
  };
  const run = async ({ observations, lastRewards, lastActions, starts }: Moment) => {
    seen.set(observations);
    const feeds = {
      observations: { shape: [copies, ...shape.observation.shape], data: seen },
      lastRewards: { shape: [copies], data: lastRewards },
      lastActions: { shape: [copies], data: lastActions },
      starts: { shape: [copies], data: starts },
    };
    const { hidden, cell } = state.next;
    const into = { ...outputs, nextHidden: floats(hidden), nextCell: floats(cell) };
    await compiled.run({ ...current(), ...state.current, ...feeds }, into);
  };
  return {
    act: async (moment) => {
      await run(moment);
      state.swap();
      return { logits: outputs.logits.data, values: outputs.values.data };
    },
    valuesOf: async (moment) => {
      await run(moment);
      return outputs.values.data.slice();
    },
    state: () => ({ hidden: floats(state.current.hidden), cell: floats(state.current.cell) }),
    load: ({ hidden, cell }) => state.load({ hidden, cell }),
    dispose: async () => {
      state.dispose();
      await compiled.dispose();
    },
  };
}

/**
 * One step of the network, as a function of named tensors: those of `Moment` and the state, `hidden` and `cell`.
 *
 * @returns `logits`, `values`, `nextHidden` and `nextCell`; the caller owns them.
 */
export function actingStep(
  shape: AgentShape,
  parameters: TensorTree,
  inputs: Readonly<Record<string, tf.Tensor>>,
): Record<string, tf.Tensor> {
  const latents = encode(parameters, inputs.observations as tf.Tensor, shape.observation, conv2d); // [B, D]
  const column = (name: string) => tf.expandDims(inputs[name] as tf.Tensor, 1) as tf.Tensor2D; // [B, 1]
  const past = { lastRewards: column('lastRewards'), lastActions: column('lastActions'), starts: column('starts') };
  const initial = { hidden: inputs.hidden as tf.Tensor2D, cell: inputs.cell as tf.Tensor2D };
  const { contexts, state } = advance(parameters, shape, latents, past, initial);
  return { ...decide(parameters, contexts), nextHidden: state.hidden, nextCell: state.cell };
}

function momentSpecs(shape: AgentShape, copies: number): NamedSpecs {
  const state = { shape: [copies, shape.contextUnits], dtype: 'float32' } as const;
  return {
    observations: { shape: [copies, ...shape.observation.shape], dtype: 'float32' },
    lastRewards: { shape: [copies], dtype: 'float32' },
    lastActions: { shape: [copies], dtype: 'int32' },
    starts: { shape: [copies], dtype: 'float32' },
    hidden: state,
    cell: state,
  };
}

function zeroState(copies: number, units: number): NamedHostTensors {
  const zeros = () => ({ shape: [copies, units], data: new Float32Array(copies * units) });
  return { hidden: zeros(), cell: zeros() };
}

function floats(tensor: HostTensor | undefined): HostArray {
  if (tensor?.data instanceof Float32Array) return { shape: tensor.shape, data: tensor.data };
  throw new Error('the LSTM state is float32');
}

/** The same parameters at every step. */
function fixed(parameters: Tree<HostArray>): () => NamedHostTensors {
  const named = parameterNames(flatten(parameters));
  return () => named;
}
