/**
 * `docs/views.md` lists every view and dialog, with pictures. What is built and not listed there, or listed and not
 * there any more, fails here; and so do pictures that are older than what they show.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCES = join(import.meta.dirname, 'src');
const DOCS = join(import.meta.dirname, '../../docs');
const list = readFileSync(join(DOCS, 'views.md'), 'utf8');

/** What the pictures were taken of. `make views` writes it when it has taken them. */
const PICTURED = join(DOCS, 'images/pictured.sha256');

/** One hash of all that the pictures show: the launcher's sources, and the apps that come along. */
function looks(): string {
  const hash = createHash('sha256');
  for (const folder of [SOURCES, join(import.meta.dirname, '../../apps')]) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));
    for (const file of files
      .filter((file) => /\.(svelte|css|html|js|ts|svg|json)$/.test(file) && !/\.test\./.test(file))
      .sort())
      hash.update(`${file}\n`).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex');
}

/** What a person sees as one thing: a page of the launcher, a question's page, a dialog, a menu, a banner. */
const SEEN = /<Page\s|<Modal\b|<Ask\b|<Menu\b|\b(Alert)?Dialog\.Root\b|DropdownMenu\.Root\b|\bPopover\.Root\b/;

/** Parts that others make views of. */
const PARTS = /^parts\//;

const components = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.svelte') && !PARTS.test(file));

/** Where the pictures are taken and axe-core looks: the first two words of each stop. The inspector has a test of its own. */
const WINDOWS = join(import.meta.dirname, '../../tests/e2e/windows');
const tour = ['views/tour.rs', 'dev.rs'].map((file) => readFileSync(join(WINDOWS, file), 'utf8')).join('\n');
const stops = [...tour.matchAll(/\b(?:stop|view|dialog|empty|question)\(\s*"([\w-]+)",\s*"([\w/]+\.svelte)"/g)].map(
  ([, name, file]) => ({ name: name!, file: file! }),
);

describe('docs/views.md', () => {
  it.each(components.filter((file) => SEEN.test(readFileSync(join(SOURCES, file), 'utf8'))))('lists %s', (file) => {
    expect(list).toContain(`\`${file}\``);
  });

  it('lists nothing that is gone', () => {
    const listed = [...list.matchAll(/`([\w/-]+\.svelte)`/g)].map(([, file]) => file!);
    expect(listed.filter((file) => !components.includes(file))).toEqual([]);
  });

  it('has a stop of the tour for each of them', () => {
    const listed = [...list.matchAll(/`([\w/-]+\.svelte)`/g)].map(([, file]) => file!);
    // A question's frame is seen with whatever it asks.
    const visited = ['ask/Ask.svelte', ...stops.map(({ file }) => file)];
    expect([...new Set(listed)].filter((file) => !visited.includes(file))).toEqual([]);
    expect(stops.map(({ file }) => file).filter((file) => !components.includes(file))).toEqual([]);
  });

  it.each(stops)('shows $name', ({ name }) => {
    expect(list).toContain(`](images/views/${name}.png)`);
  });

  it('shows every picture that there is, and no other', () => {
    const shown = [...list.matchAll(/\]\(images\/views\/([\w-]+\.png)\)/g)].map(([, file]) => file!);
    expect([...new Set(shown)].sort()).toEqual(readdirSync(join(DOCS, 'images/views')).sort());
  });

  it('has pictures of what there is now', () => {
    if (process.env['UPDATE_PICTURED']) writeFileSync(PICTURED, `${looks()}\n`);
    const pictured = readFileSync(PICTURED, 'utf8').trim();
    expect(pictured, 'Run `make views`, and look at the pictures that have changed').toBe(looks());
  });
});
