/**
 * `docs/views.md` lists every view and dialog, with pictures. What is built and not listed there, or listed and not
 * there any more, fails here; and so do pictures that are older than what they show.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCES = join(import.meta.dirname, 'src');
const DOCS = join(import.meta.dirname, '../../docs');
const list = readFileSync(join(DOCS, 'views.md'), 'utf8');

/** What the pictures were taken of. `make views` writes it when it has taken them. */
const PICTURED = join(DOCS, 'images/pictured.sha256');

const ROOT = join(import.meta.dirname, '../..');

/** Whose files are drawn, or say what is drawn: the launcher's pages, the guide and its first page, the apps, the dialog over one
 * that crashed, and the scenes that the pictures are taken of. */
const DRAWN = [
  'ui/launcher/src',
  'ui/launcher/index.html',
  'ui/launcher/ask.html',
  'ui/launcher/inspector.html',
  'ui/launcher/guide',
  'docs/tutorial.md',
  'apps',
  'src-tauri/src/crash.rs',
  'tests/e2e/windows/views/scene.rs',
  'tests/e2e/windows/views/tour.rs',
  'tests/e2e/windows/views/pictures.rs',
];

/** What is drawn with, in the version that is installed. */
const DRAWN_WITH = ['@fontsource-variable/inter', 'bits-ui', 'lucide', 'svelte-sonner'];

/** The files at a path: those of a folder that are drawn, or the one that it is. */
function files(path: string): string[] {
  if (statSync(join(ROOT, path)).isFile()) return [path];
  return readdirSync(join(ROOT, path), { recursive: true, encoding: 'utf8' })
    .map((file) => `${path}/${file.replaceAll('\\', '/')}`)
    .filter((file) => /\.(svelte|css|html|js|ts|svg|json)$/.test(file) && !/\.test\./.test(file))
    .sort();
}

/** One hash of all that the pictures show. */
function looks(): string {
  const hash = createHash('sha256');
  for (const file of DRAWN.flatMap(files)) hash.update(`${file}\n`).update(readFileSync(join(ROOT, file)));
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  for (const name of DRAWN_WITH) hash.update(`${name} ${lock.packages[`node_modules/${name}`].version}\n`);
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
