// Where this repository's own build of mutiny-node is, unless MUTINY_NODE names another one.

import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const built = fileURLToPath(new URL('../../../target/debug/mutiny-node', import.meta.url));
if (!process.env['MUTINY_NODE'] && existsSync(built)) process.env['MUTINY_NODE'] = built;
