// Puts the guide beside the launcher's own files.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { document, PAGES, render } from './site.ts';

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));

/** Emits `guide/NAME.html` for every page, and the style that they share. */
export const guide = (): Plugin => ({
  name: 'guide',
  apply: 'build',
  async generateBundle(_, bundle) {
    for (const page of PAGES) {
      const { html } = render(await readFile(`${docs}${page.name}.md`, 'utf8'));
      this.emitFile({ type: 'asset', fileName: `guide/${page.name}.html`, source: document(page, html) });
    }
    const style = await readFile(new URL('guide.css', import.meta.url), 'utf8');
    this.emitFile({ type: 'asset', fileName: 'guide/guide.css', source: face(Object.keys(bundle)) + style });
  },
});

/** The launcher's letters, from its own file. Whatever they lack comes from the system. */
function face(files: string[]): string {
  const file = files.find((name) => /inter-latin-wght.*\.woff2$/.test(name));
  if (!file) throw new Error('The launcher has no inter-latin-wght font that its guide could use.');
  return `@font-face { font-family: 'Inter Variable'; font-weight: 100 900; src: url('/${file}') format('woff2'); }\n\n`;
}
