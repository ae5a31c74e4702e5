/** What writes rows of features in one format. */

/** What a format does with rows. */
export interface RowWriter {
  readonly write: (rows: Float32Array) => Promise<void>;
  /** Once, after the last row. */
  readonly finish: () => Promise<void>;
}
