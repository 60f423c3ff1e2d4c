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
  async generateBundle() {
    for (const page of PAGES) {
      const { html } = render(await readFile(`${docs}${page.name}.md`, 'utf8'));
      this.emitFile({ type: 'asset', fileName: `guide/${page.name}.html`, source: document(page, html) });
    }
    const style = await readFile(new URL('guide.css', import.meta.url), 'utf8');
    this.emitFile({ type: 'asset', fileName: 'guide/guide.css', source: style });
  },
});
