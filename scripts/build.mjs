/** `npm run build`: installs if needed, builds what is out of date. */
import { makeReady } from './lib/ready.mjs';

await makeReady();
