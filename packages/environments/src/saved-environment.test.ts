import { expect, it } from 'vitest';
import { joinSaved } from './saved-environment.js';
import { createCartPole } from './small/cart-pole.js';
import { vectorise } from './vectorise.js';

const saved = async () => {
  const environment = vectorise({ create: createCartPole, copies: 2 });
  await environment.reset(7);
  const bytes = await environment.save?.();
  if (bytes === undefined) throw new Error('cart_pole saves its state');
  return { name: environment.name, bytes };
};

it('2 parts of which only 1 has a number of copies are refused, and 0 parts have no seed 0', async () => {
  const { name, bytes } = await saved();
  expect(() => joinSaved([bytes, bytes], name, [2])).toThrow(
    /copies of the parts: expected a place from 0 to 0, received 1/,
  );
  expect(() => joinSaved([], name, [])).toThrow(/parts: expected at least 1 entry/);
});

it('2 actions for 3 copies, and an action of -1 or 2 of 2, are refused: none becomes action 0', async () => {
  const environment = vectorise({ create: createCartPole, copies: 3 });
  await environment.reset(1);
  for (const actions of [
    [0, 1],
    [0, 1, 2],
    [0, -1, 1],
  ])
    await expect(environment.step(Int32Array.from(actions))).rejects.toThrow(/action/);
});
