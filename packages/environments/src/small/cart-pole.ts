/**
 * A pole on a cart that is to be kept upright: the smallest test that an agent learns at all.
 *
 * Source: Barto, Sutton & Anderson, "Neuronlike adaptive elements that can solve difficult learning control problems", 1983;
 * constants, limits and Euler's method as in Gymnasium's `CartPole-v1`, where a return of 475 counts as solved.
 */
import { createRandom } from '@cpc/base';
import type { EnvironmentSpec } from '../environment.js';
import type { SingleEnvironment } from '../single-environment.js';

const gravity = 9.8; //               m/s²
const cartMass = 1; //                kg
const poleMass = 0.1; //              kg
const halfPoleLength = 0.5; //        m
const pushNewtons = 10;
const stepSeconds = 0.02;
const farthestMetres = 2.4;
const steepestRadians = (12 * Math.PI) / 180;
const totalMass = cartMass + poleMass;

const spec: EnvironmentSpec = {
  observation: { shape: [4], dtype: 'float32' },
  actions: ['push_left', 'push_right'],
  actionRepeat: 1,
  episodeSteps: 500,
};

/**
 * Position (m), speed (m/s), angle (rad) and angular speed (rad/s), each from -0.05 to 0.05 at first. Every step gives 1; the episode
 * terminates 2.4 m or 12 degrees from the middle and is truncated after 500 steps.
 */
export function createCartPole(): SingleEnvironment {
  const state = new Float64Array(4);
  let steps = 0;
  return {
    name: 'cart_pole',
    spec,
    reset(seed) {
      const random = createRandom(seed);
      for (let index = 0; index < state.length; index++) state[index] = 0.1 * random.uniform() - 0.05;
      steps = 0;
      return Float32Array.from(state);
    },
    step(action) {
      push(state, action === 1 ? pushNewtons : -pushNewtons);
      steps++;
      const [position = 0, , angle = 0] = state;
      const terminated = Math.abs(position) > farthestMetres || Math.abs(angle) > steepestRadians;
      const truncated = !terminated && steps >= 500;
      return { observation: Float32Array.from(state), reward: 1, terminated, truncated };
    },
  };
}

/** One step of Euler's method: positions by the speeds from before the step. */
function push(state: Float64Array, force: number): void {
  const [position = 0, speed = 0, angle = 0, turning = 0] = state;
  const sine = Math.sin(angle);
  const cosine = Math.cos(angle);
  const push = (force + poleMass * halfPoleLength * turning ** 2 * sine) / totalMass;
  const resistance = halfPoleLength * (4 / 3 - (poleMass * cosine ** 2) / totalMass);
  const turningChange = (gravity * sine - cosine * push) / resistance;
  const speedChange = push - (poleMass * halfPoleLength * turningChange * cosine) / totalMass;
  state[0] = position + stepSeconds * speed;
  state[1] = speed + stepSeconds * speedChange;
  state[2] = angle + stepSeconds * turning;
  state[3] = turning + stepSeconds * turningChange;
}
