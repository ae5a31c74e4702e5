import { WorkerJobError } from '@cpc/base/node';
import { expect, it } from 'vitest';
import { namingResume } from './naming-resume.js';

const failure = { message: 'run/metrics.jsonl: expected free space', stack: '', expected: true };

it('adds the command that resumes to 1 of 3 errors: that of the system, once there is a run', async () => {
  const fail = (error: Error) => async () => {
    throw error;
  };
  const full = new WorkerJobError({ ...failure, systemCode: 'ENOSPC' });
  const other = new WorkerJobError(failure);
  const command = () => 'cpc audio train --out run --resume';
  await expect(namingResume(command, fail(full))).rejects.toThrow(
    /^run\/metrics\.jsonl: expected free space\nTo resume:\n {2}cpc audio train --out run --resume$/,
  );
  await expect(namingResume(() => undefined, fail(full))).rejects.toBe(full);
  await expect(namingResume(command, fail(other))).rejects.toBe(other);
});
