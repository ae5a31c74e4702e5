/** The domains of Contrastive Predictive Coding by name. What they can do, they say themselves once they are found. */

export const knownDomains = ['audio', 'text', 'vision', 'rl'] as const;

export type DomainName = (typeof knownDomains)[number];

/** For the help of a domain that is not installed. */
export const domainSubjects: Readonly<Record<DomainName, string>> = {
  audio: 'speech and other sound',
  text: 'sentences of books',
  vision: 'pictures',
  rl: 'environments of reinforcement learning',
};

export function packageOf(name: DomainName): string {
  return `@cpc/${name}`;
}

/** Without install scripts, as the READMEs say: onnxruntime-node's would fetch CUDA libraries from NuGet. */
export function installCommand(...packages: readonly string[]): string {
  return `npm install ${packages.join(' ')} --ignore-scripts`;
}
