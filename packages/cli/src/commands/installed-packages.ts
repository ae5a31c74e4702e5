/** Which of our packages are installed, and their versions. */
import { createRequire } from 'node:module';
import { z } from 'zod';
import { searchPlaces } from '../domains/find-domain.js';

const manifestSchema = z.object({ version: z.string() });

/** @returns undefined if the package is in none of the places. */
export function versionOf(packageName: string, places: readonly string[] = searchPlaces()): string | undefined {
  for (const place of places) {
    try {
      return manifestSchema.parse(createRequire(place)(`${packageName}/package.json`)).version;
    } catch {} // not there: the next place
  }
  return undefined;
}

/** Version of this command. */
export function ownVersion(): string {
  return versionOf('@cpc/cli', [import.meta.url]) ?? 'unknown';
}
