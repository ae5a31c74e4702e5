/** What `cpc audio probe` asks for. */
import type { ProbeRequest } from '@cpc/runs';

export interface SpeechProbeRequest extends ProbeRequest {
  /** One example per recording, the mean of its features, instead of one per frame. */
  readonly pooled?: boolean | undefined;
  /** A JSON file that says what each fold holds out. */
  readonly folds?: string | undefined;
}
