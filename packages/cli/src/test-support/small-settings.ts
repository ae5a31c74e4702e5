/** Settings with which a domain trains a step in milliseconds. */
export const smallSettings = {
  audio: 'channels=6 contextUnits=5 windowSamples=3200 batchSize=2 predictionSteps=3 negativeCount=8',
  text: 'embeddingSize=8 channels=16 contextUnits=8 maxWords=12 batchSize=8 negativeCount=16',
  vision: [
    'resizePixels=28 patchPixels=8 patchStride=4 gridSize=5 lastOffset=4 subcropPixels=7',
    'depth=18 width=4 contextUnits=8 contextBlocks=1 batchSize=4 negativeCount=20',
  ].join(' '),
  rl: 'copies=2 unrollSteps=10 encoderUnits=16 contextUnits=16 predictionSteps=3 negativeCount=8',
} as const;

export type DomainName = keyof typeof smallSettings;

/** The options that set them. */
export function smallOptions(domain: DomainName): string[] {
  return smallSettings[domain].split(' ').flatMap((setting) => ['--set', setting]);
}
