/** What `cpc vision probe` asks for. */
import type { ProbeRequest } from '@cpc/runs';

export interface ImageProbeRequest extends ProbeRequest {
  /** Shares of the training examples whose labels are used, each above 0, up to 1, with results of its own; default: all. */
  readonly labelShares?: readonly number[] | undefined;
  /** Of the updates that the paper's own training of a probe takes, above 0; default: all. */
  readonly stepShare?: number | undefined;
}
