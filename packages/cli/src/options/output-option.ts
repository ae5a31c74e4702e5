/** Files to write that are looked at before work begins. */

/** @throws {CpcArgumentError} if no file can be written there. */
export async function requireOutput(option: string, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const { requireOutputFile } = await import('@cpc/core/node');
  await requireOutputFile(option, path);
}
