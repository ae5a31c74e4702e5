/**
 * What an operator has to do at the least, from the shapes in ONNX Runtime's profile: floating-point operations of products and convolutions, and
 * bytes that enter and leave.
 *
 * Letters used for shapes here:
 *   b  products side by side    M K N  a product of [M, K] and [K, N]
 */
import { z } from 'zod';

/** One tensor by its element type, such as `{ "float": [8, 512] }`. */
const tensorsSchema = z.array(z.record(z.string(), z.array(z.number())));

export interface OperatorWork {
  /** Of products and convolutions, each multiplication and each addition counted; 0 for other operators. */
  readonly operations: number;
  /** Of all inputs and outputs, each once; 0 where no value is touched. */
  readonly bytes: number;
}

const bytesPerElement: Readonly<Record<string, number>> = { float: 4, int32: 4, int64: 8, bool: 1, double: 8 };
const products: ReadonlySet<string> = new Set(['Gemm', 'FusedGemm', 'MatMul', 'FusedMatMul']);
const convolutions: ReadonlySet<string> = new Set(['Conv', 'FusedConv']);
/** Their result is their input under another shape. */
const untouched: ReadonlySet<string> = new Set(['Reshape', 'Identity', 'Squeeze', 'Unsqueeze', 'Flatten']);

/** Kinds of operators, for a table that fits a screen. */
export type OperatorFamily = 'products' | 'movement' | 'reductions' | 'loops' | 'elementwise';

const families: Readonly<Record<string, OperatorFamily>> = Object.fromEntries([
  ...[...products, ...convolutions].map((name) => [name, 'products']),
  ...[...untouched].map((name) => [name, 'movement']),
  ...'Slice Pad Concat Split Transpose Gather GatherElements GatherND ScatterElements Expand Tile ReorderInput ReorderOutput'
    .split(' ')
    .map((name) => [name, 'movement']),
  ...'ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ArgMax Softmax LogSoftmax CumSum TopK'
    .split(' ')
    .map((name) => [name, 'reductions']),
  ...'Scan Loop If GRU LSTM'.split(' ').map((name) => [name, 'loops']),
]);

/** What the runtime does with every element by itself is what is left. */
export function familyOf(operator: string): OperatorFamily {
  return Object.hasOwn(families, operator) ? (families[operator] ?? 'elementwise') : 'elementwise';
}

/**
 * @param inputs - as the profile writes them; nothing is counted of what it does not tell.
 */
export function operatorWork(operator: string, inputs: unknown, outputs: unknown): OperatorWork {
  const [read, written] = [tensorsOf(inputs), tensorsOf(outputs)];
  if (untouched.has(operator)) return { operations: 0, bytes: 0 };
  const bytes = [...read, ...written].reduce((sum, tensor) => sum + tensor.bytes, 0);
  if (products.has(operator)) return { operations: productOperations(read, written), bytes };
  return { operations: convolutions.has(operator) ? convolutionOperations(read, written) : 0, bytes };
}

interface Tensor {
  readonly shape: readonly number[];
  readonly size: number;
  readonly bytes: number;
}

function tensorsOf(value: unknown): Tensor[] {
  const parsed = tensorsSchema.safeParse(value);
  if (!parsed.success) return [];
  return parsed.data.flatMap((tensor) =>
    Object.entries(tensor).map(([type, shape]) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return { shape, size, bytes: size * (bytesPerElement[type] ?? 0) };
    }),
  );
}

/** 2 b M K N, whichever of the factors is transposed: the three tensors have b M K, b K N and b M N values. */
function productOperations([left, right]: readonly Tensor[], [result]: readonly Tensor[]): number {
  if (left === undefined || right === undefined || result === undefined) return 0;
  const sideBySide = result.shape.slice(0, -2).reduce((product, length) => product * length, 1);
  const isShared = right.shape.length < result.shape.length; // one [K, N] for all
  const rightSize = isShared ? right.size * sideBySide : right.size;
  return 2 * Math.sqrt((left.size * rightSize * result.size) / Math.max(1, sideBySide));
}

/** Every output is a sum over one kernel `[I, …]` of `[O, I, …]`. */
function convolutionOperations([, kernels]: readonly Tensor[], [result]: readonly Tensor[]): number {
  if (kernels === undefined || result === undefined) return 0;
  return (2 * result.size * kernels.size) / Math.max(1, kernels.shape[0] ?? 1);
}
