/**
 * `docs/views.md` lists every view and dialog, with pictures. What is built and not listed there, or listed and not
 * there any more, fails here.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCES = join(import.meta.dirname, 'src');
const DOCS = join(import.meta.dirname, '../../docs');
const list = readFileSync(join(DOCS, 'views.md'), 'utf8');

/** What a person sees as one thing: a page of the launcher, a question's page, a dialog, a menu, a banner. */
const SEEN = /<Page\s|<Modal\b|<Ask\b|\b(Alert)?Dialog\.Root\b|DropdownMenu\.Root\b|\bPopover\.Root\b/;

/** Parts that others make views of. */
const PARTS = /^parts\//;

const components = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.svelte') && !PARTS.test(file));

describe('docs/views.md', () => {
  it.each(components.filter((file) => SEEN.test(readFileSync(join(SOURCES, file), 'utf8'))))('lists %s', (file) => {
    expect(list).toContain(`\`${file}\``);
  });

  it('lists nothing that is gone', () => {
    const listed = [...list.matchAll(/`([\w/-]+\.svelte)`/g)].map(([, file]) => file!);
    expect(listed.filter((file) => !components.includes(file))).toEqual([]);
  });

  it('shows every picture that there is, and no other', () => {
    const shown = [...list.matchAll(/\]\(images\/views\/([\w-]+\.png)\)/g)].map(([, file]) => file!);
    expect([...new Set(shown)].sort()).toEqual(readdirSync(join(DOCS, 'images/views')).sort());
  });
});
