// The package as others get it: packed, installed into an empty project without a network, checked and run.

import './program.js';

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { missing } from '../testing.js';

const here = fileURLToPath(new URL('..', import.meta.url));
const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

const PROGRAM = `
import { MutinyError, Peer, type Announcement, type Entry, type Instance } from '@mutiny/node';
import { introduce, missing, startPeer, until } from '@mutiny/node/testing';

const refused = await Peer.start({ program: './nothing-here' }).catch((error: unknown) => error);
if (!(refused instanceof MutinyError)) throw new Error('it started');

async function first(instance: Instance): Promise<Entry | undefined> {
  for await (const entry of instance) return entry;
  return undefined;
}

let said: unknown = null;
let heard: Announcement[] = [];
if (!missing()) {
  const [ana, ben] = await Promise.all([startPeer('Ana'), startPeer('Ben')]);
  const [a, b] = await Promise.all([ana.open('.'), ben.open('.')]);
  await introduce(a, b);
  await a.announce({ nickname: 'Captain' });
  await a.send(b.address, { text: 'Hello' });
  const entry = await first(b);
  if (entry?.kind === 'message') said = entry.data;
  heard = await until('the announcement', async () => {
    const all = await b.announcements();
    return all.length > 0 && all;
  });
  await Promise.all([ana.close(), ben.close()]);
}
console.log(JSON.stringify({ refused: refused.code, said, heard: heard.map(({ data }) => data) }));
`;

const project = await mkdtemp(join(tmpdir(), 'mutiny-node-package-'));
after(() => rm(project, { recursive: true, force: true }));

/**
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 */
const run = (cwd, command, ...args) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

test('an empty project installs it, type-checks against it, and runs it', async () => {
  const [packed] = JSON.parse(run(here, 'npm', 'pack', '--json', '--pack-destination', project));
  const files = packed.files.map((/** @type {{ path: string }} */ { path }) => path);
  for (const file of ['index.js', 'index.d.ts', 'testing.js', 'testing.d.ts', 'README.md', 'lib/peer.js'])
    assert.ok(files.includes(file), file);
  assert.deepEqual(
    files.filter((/** @type {string} */ path) => path.startsWith('tests')),
    [],
  );

  await writeFile(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }');
  run(project, 'npm', 'install', '--offline', '--no-audit', '--no-fund', join(project, packed.filename));

  await mkdir(join(project, 'src'));
  await writeFile(join(project, 'index.html'), '<!doctype html><title>Empty</title>');
  await writeFile(join(project, 'src/main.ts'), PROGRAM);
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    skipLibCheck: false,
    outDir: 'out',
    rootDir: 'src',
    types: ['node'],
    typeRoots: [join(modules, '@types')],
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  run(project, process.execPath, join(modules, 'typescript/bin/tsc'), '-p', '.');
  const talked = missing() ? { said: null, heard: [] } : { said: { text: 'Hello' }, heard: [{ nickname: 'Captain' }] };
  assert.deepEqual(JSON.parse(run(project, process.execPath, 'out/main.js')), { refused: 'NotFound', ...talked });
});
