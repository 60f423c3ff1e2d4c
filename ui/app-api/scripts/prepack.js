// Writes mock/page.js: the injected script as a function, so that a mock behaves as the host's pages do.

import { readFile, rename, writeFile } from 'node:fs/promises';
import process from 'node:process';

const script = await readFile(new URL('../mutiny.js', import.meta.url), 'utf8');
const page = `// Written from mutiny.js by scripts/prepack.js.\nexport const open = (window) => {\n${script}};\n`;
const place = new URL('../mock/page.js', import.meta.url);
// Whole at every moment: tests that pack and tests that use it run side by side.
const beside = new URL(`../mock/page.js.${process.pid}`, import.meta.url);
await writeFile(beside, page);
await rename(beside, place);
