// Writes docs/app-api-reference.md from mutiny.d.ts.

import { readFile, writeFile } from 'node:fs/promises';
import { reference } from './reference.js';

const types = await readFile(new URL('../mutiny.d.ts', import.meta.url), 'utf8');
await writeFile(new URL('../../../docs/app-api-reference.md', import.meta.url), reference(types));
