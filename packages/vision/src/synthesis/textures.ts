/** Textures: how light a point of a shape is, 0 to 1, given a phase of 0 to 1. All are light in half of the area. */

export type Texture = (u: number, v: number, phase: number) => number;

/** Periods in the length of a shape's radius. */
const periods = 2.5;

const wave = (position: number) => Math.sin(2 * Math.PI * position);

/** 0 or 1 with an edge of some width. */
const cut = (value: number) => Math.min(1, Math.max(0, 0.5 + 2 * value));

const striped: Texture = (u, _v, phase) => cut(wave(periods * u + phase));

const checked: Texture = (u, v, phase) => cut(2 * wave((periods / 2) * u + phase) * wave((periods / 2) * v + phase));

export const textures = { striped, checked } as const;
