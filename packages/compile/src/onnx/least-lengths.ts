/** The least length of a named axis: kept in a file's metadata, because ONNX itself has no place for it. */

/** Metadata that say it. @param leasts - by the name of the axis; 1 is not worth saying. */
export function leastLengthsAsMetadata(leasts: Readonly<Record<string, number>>): Record<string, string> {
  const told = Object.entries(leasts).filter(([, least]) => least > 1);
  return Object.fromEntries(told.map(([axis, least]) => [keyOf(axis), String(least)]));
}

/** The least length of an axis in a file with these metadata; 0 where they do not say. */
export function leastLength(metadata: Readonly<Record<string, string>>, axis: string): number {
  const key = keyOf(axis);
  const least = Object.hasOwn(metadata, key) ? Number(metadata[key]) : 0;
  return Number.isSafeInteger(least) ? least : 0;
}

function keyOf(axis: string): string {
  return `axes.${axis}.atLeast`;
}
