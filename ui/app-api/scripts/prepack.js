// Writes mock/page.js: the injected script as a function, so that a mock behaves as the host's pages do.

import { readFile, writeFile } from 'node:fs/promises';

const script = await readFile(new URL('../mutiny.js', import.meta.url), 'utf8');
const page = `// Written from mutiny.js by scripts/prepack.js.\nexport const open = (window) => {\n${script}};\n`;
await writeFile(new URL('../mock/page.js', import.meta.url), page);
