/** Writes NIST SPHERE files for tests. */

/** A header with these fields, then the samples' bytes. */
export function writeSphere(fields: readonly string[], body: readonly number[], headerBytes = 1_024): Uint8Array {
  const length = String(headerBytes).padStart(7, ' ');
  const header = `NIST_1A\n${length}\n${fields.join('\n')}\nend_head\n`.padEnd(headerBytes, ' ');
  return Uint8Array.from([...new TextEncoder().encode(header), ...body]);
}

/** The fields of TIMIT's files that matter. */
export const timitFields = (sampleCount: number): string[] => [
  'channel_count -i 1',
  `sample_count -i ${sampleCount}`,
  'sample_rate -i 16000',
  'sample_n_bytes -i 2',
  'sample_byte_format -s2 01',
  'sample_sig_bits -i 16',
];
