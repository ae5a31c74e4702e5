export { largestRelativeDifference } from './compare.js';
export { type DescribeDomainOptions, describeDomain } from './describe-domain.js';
export { createToyDomain } from './toy-domain.js';
