/**
 * What a kernel's lowering is given and gives: the shape rule and the nodes of one
 * TensorFlow.js kernel, side by side.
 */
import * as tf from '@tensorflow/tfjs';
import type { DataType } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';

/** Writes one TensorFlow.js kernel into a graph and returns what it makes. */
export type Kernel = (g: GraphBuilder, inputs: KernelInputs, attributes: KernelAttributes) => Traced | Traced[];

export type KernelInputs = Readonly<Record<string, Traced>>;
export type KernelAttributes = Readonly<Record<string, unknown>>;

/** Why a kernel can't be written as it was called; `kernelTable` adds the kernel's name and what to do. */
export class UnsupportedCall extends Error {}

/** A kernel's input that must be there. */
export function input(inputs: KernelInputs, name: string): Traced {
  const value = inputs[name];
  if (value === undefined) throw new UnsupportedCall(`lacks its input "${name}"`);
  return value;
}

/** Inputs of a kernel that takes a list, in order. */
export function listOf(inputs: KernelInputs): Traced[] {
  return Object.values(inputs);
}

export function numberAttribute(attributes: KernelAttributes, name: string, otherwise?: number): number {
  const value = attributes[name] ?? otherwise;
  if (typeof value === 'number') return value;
  throw new UnsupportedCall(`has an attribute "${name}" that should be a number and is ${String(value)}`);
}

export function numbersAttribute(attributes: KernelAttributes, name: string): number[] {
  const value = attributes[name];
  const list = typeof value === 'number' ? [value] : value;
  if (Array.isArray(list) && list.every((item) => typeof item === 'number')) return list;
  throw new UnsupportedCall(`has an attribute "${name}" that should be a list of numbers and is ${String(value)}`);
}

/** Two numbers that belong together, such as what comes before and after an axis. */
export type Pair = readonly [before: number, after: number];

export function pairsAttribute(attributes: KernelAttributes, name: string): Pair[] {
  const value = attributes[name];
  const pairs = Array.isArray(value) ? value : [value];
  return pairs.map((pair) => {
    const [before, after] = numbersAttribute({ [name]: pair }, name);
    if (before === undefined || after === undefined) {
      throw new UnsupportedCall(`has an attribute "${name}" that should be a list of pairs of numbers`);
    }
    return [before, after];
  });
}

export function flagAttribute(attributes: KernelAttributes, name: string): boolean {
  return attributes[name] === true;
}

export function dataTypeAttribute(attributes: KernelAttributes, name: string, otherwise: DataType): DataType {
  const value = attributes[name] ?? otherwise;
  if (value === 'float32' || value === 'int32' || value === 'bool') return value;
  throw new UnsupportedCall(
    `was asked for an element type: ${String(value)} is not supported, but float32, int32 and bool are`,
  );
}

/** The axis counted from the front. */
export function axisFromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export function broadcastShape(a: Pick<Traced, 'shape'>, b: Pick<Traced, 'shape'>): number[] {
  return tf.broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
}

/** The same shape with one axis of another length. */
export function withAxis(shape: readonly number[], axis: number, length: number): number[] {
  return shape.map((old, index) => (index === axis ? length : old));
}

/** 0, 1, … count - 1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
