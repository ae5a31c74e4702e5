/** Entry of a thread that holds some of an environment's copies. */
import { workerData } from 'node:worker_threads';
import { CpcError } from '@cpc/base';
import { type Answer, answerRequests, exportedFunction } from '@cpc/base/node';
import { createBuiltInEnvironment } from '../built-in.js';
import type { VectorEnvironment } from '../environment.js';
import type { SingleEnvironment } from '../single-environment.js';
import { vectorise } from '../vectorise.js';
import type { EnvironmentJob, EnvironmentReply, EnvironmentRequest } from './environment-messages.js';

const environment = environmentOf(workerData);
environment.catch(() => undefined); // every request is answered with the error

answerRequests<EnvironmentRequest, EnvironmentReply>(async (request) => answerOf(await environment, request));

async function environmentOf({ source, copies, firstCopy }: EnvironmentJob): Promise<VectorEnvironment> {
  if ('name' in source) return createBuiltInEnvironment({ name: source.name, copies, firstCopy });
  const make = await exportedFunction('environment thread', source.module, source.create);
  return vectorise({ create: () => singleEnvironment(make(), source), copies, firstCopy });
}

/** What came from a module that nothing is known of. */
function singleEnvironment(made: unknown, { module, create }: { module: string; create: string }): SingleEnvironment {
  if (isSingleEnvironment(made)) return made;
  const expected = `an object with name, spec, reset and step from ${create} of ${module}`;
  throw new CpcError({ where: 'environment thread', expected, received: made });
}

function isSingleEnvironment(made: unknown): made is SingleEnvironment {
  return typeof made === 'object' && made !== null && ['name', 'spec', 'reset', 'step'].every((key) => key in made);
}

async function answerOf(held: VectorEnvironment, request: EnvironmentRequest): Promise<Answer<EnvironmentReply>> {
  switch (request.type) {
    case 'describe':
      return { reply: { name: held.name, spec: held.spec } };
    case 'reset':
      return handedOver(await held.reset(request.seed));
    case 'step': {
      const step = await held.step(request.actions);
      return { reply: step, transfer: [bufferOf(step.observations)] };
    }
    case 'save':
      return { reply: (await held.save?.()) ?? new Uint8Array() };
    case 'restore':
      return handedOver((await held.restore?.(request.state)) ?? new Uint8Array());
    case 'close':
      await held.close();
      return { reply: undefined };
  }
}

function handedOver(observations: Uint8Array | Float32Array): Answer<EnvironmentReply> {
  return { reply: observations, transfer: [bufferOf(observations)] };
}

/** Observations of a batch are in memory of their own, which may leave this thread. */
function bufferOf({ buffer }: Uint8Array | Float32Array): ArrayBuffer {
  if (buffer instanceof ArrayBuffer) return buffer;
  throw new TypeError('observations in shared memory cannot leave their thread');
}
