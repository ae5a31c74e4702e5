/** `npm run reproduce -- NAME --scale small|paper`. */
import { runCommands } from '@cpc/cli';

const url = new URL('./reproductions.js', import.meta.url).href;
process.exitCode = await runCommands(process.argv.slice(2), { url, program: 'npm run reproduce --' });
