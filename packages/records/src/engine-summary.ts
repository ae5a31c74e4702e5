/**
 * Which engine ran a computation, in words that a reader of a run record can act on.
 */
import { z } from 'zod';

export const engineSummarySchema = z.object({
  /** `onnx`, `tensorflow` or `cpu` */
  name: z.string().min(1),
  /** what the engine runs on, such as `cpu`, `cuda`, `webgpu` */
  provider: z.string().min(1).optional(),
  threads: z.int().min(1).optional(),
  /** why this engine was taken, in one line */
  note: z.string().optional(),
});

/** Which engine ran, on what, with how many threads, and why. */
export type EngineSummary = z.infer<typeof engineSummarySchema>;
