/**
 * Which layers a residual network has: everything that follows from depth, width and stem.
 *
 * Source: He et al., 2016, arXiv:1603.05027, ResNet v2; its third stack is the last here (section 3.2 of the paper).
 */
import type { EncoderDepth, VisionSettings } from '../presets.js';

/** The settings that decide the encoder, and how its gradient is computed. */
export type EncoderSettings = Pick<
  VisionSettings,
  | 'depth'
  | 'width'
  | 'stem'
  | 'normalisation'
  | 'initialisation'
  | 'finalRelu'
  | 'latentScale'
  | 'colour'
  | 'recomputeBlocks'
>;

/** A convolution of a block's branch. */
export interface BranchLayer {
  readonly kernelSize: 1 | 3;
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: number;
}

export interface BlockShape {
  /** Such as `stack2/block1`. */
  readonly path: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: number;
  /** Whether the way around the branch is a convolution of its own. */
  readonly hasProjection: boolean;
  readonly branch: readonly BranchLayer[];
}

const designs: Readonly<Record<EncoderDepth, { kind: 'basic' | 'bottleneck'; blocks: readonly number[] }>> = {
  18: { kind: 'basic', blocks: [2, 2, 2] },
  26: { kind: 'bottleneck', blocks: [2, 2, 2] },
  34: { kind: 'basic', blocks: [3, 4, 6] },
  50: { kind: 'bottleneck', blocks: [3, 4, 6] },
  101: { kind: 'bottleneck', blocks: [3, 4, 23] },
};

/** How much wider a bottleneck block is outside than inside. */
const expansion = 4;

/** Size of z: 1024 for depths of 50 and more at the usual width of 64. */
export function latentSize({ depth, width }: Pick<EncoderSettings, 'depth' | 'width'>): number {
  return stackOutputs(depth, width, 2);
}

/** Channels that leave stack 0, 1 or 2. */
function stackOutputs(depth: EncoderDepth, width: number, stack: number): number {
  return width * 2 ** stack * (designs[depth].kind === 'bottleneck' ? expansion : 1);
}

/** All blocks, in order. Every stack but the first halves height and width in its first block. */
export function blockShapes({ depth, width }: Pick<EncoderSettings, 'depth' | 'width'>): BlockShape[] {
  const { kind, blocks } = designs[depth];
  let inputs = width;
  return blocks.flatMap((count, stack) =>
    Array.from({ length: count }, (_, block): BlockShape => {
      const outputs = stackOutputs(depth, width, stack);
      const stride = stack > 0 && block === 0 ? 2 : 1;
      const path = `stack${stack + 1}/block${block + 1}`;
      const branch = kind === 'basic' ? basic(inputs, outputs, stride) : bottleneck(inputs, outputs, stride);
      const shape = { path, inputs, outputs, stride, hasProjection: stride > 1 || inputs !== outputs, branch };
      inputs = outputs;
      return shape;
    }),
  );
}

function basic(inputs: number, outputs: number, stride: number): BranchLayer[] {
  return [
    { kernelSize: 3, inputs, outputs, stride },
    { kernelSize: 3, inputs: outputs, outputs, stride: 1 },
  ];
}

function bottleneck(inputs: number, outputs: number, stride: number): BranchLayer[] {
  const inner = outputs / expansion;
  return [
    { kernelSize: 1, inputs, outputs: inner, stride: 1 },
    { kernelSize: 3, inputs: inner, outputs: inner, stride },
    { kernelSize: 1, inputs: inner, outputs, stride: 1 },
  ];
}
