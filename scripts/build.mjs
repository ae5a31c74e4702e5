/** `npm run build`: installs if needed, builds what is out of date; `npm run build -- @cpc/cli`: that and what it needs. */
import { makeReady } from './lib/ready.mjs';

await makeReady(process.argv[2]);
