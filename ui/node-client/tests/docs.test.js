// docs/testing.md shows tests and code to test: all of it is run as it stands there.

import './program.js';

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { introduce, missing, startPeer, until } from '../testing.js';

const skip = missing();
const page = await readFile(new URL('../../../docs/testing.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code ?? '');
const recipes = blocks.filter((code) => code.includes("from 'node:test'"));
const withVitest = blocks.filter((code) => code.includes("from 'vitest'"));
const ownCode = blocks.filter((code) => code.startsWith('// votes.js'));

/** An app's folder as somebody has it who did what the page says: both packages are installed. */
const app = await mkdtemp(join(tmpdir(), 'mutiny-recipes-'));
after(() => rm(app, { recursive: true }));
await writeFile(join(app, 'index.html'), '<!doctype html><title>Recipes</title>');
await writeFile(join(app, 'package.json'), '{ "type": "module" }');
await mkdir(join(app, 'node_modules/@mutiny'), { recursive: true });
const vitest = fileURLToPath(new URL('../../../node_modules/vitest', import.meta.url));
await symlink(fileURLToPath(new URL('..', import.meta.url)), join(app, 'node_modules/@mutiny/node'), 'dir');
await symlink(vitest, join(app, 'node_modules/vitest'), 'dir');

/** Writes files of the app, and returns their names. @param {string} name @param {string[]} codes */
async function write(name, codes) {
  const files = codes.map((_, index) => `${name}-${index}.test.js`);
  await Promise.all(codes.map((code, index) => writeFile(join(app, files[index] ?? ''), code)));
  return files;
}

/** What Node.js says in the app's folder, and how it ends. @param {string[]} args */
async function node(...args) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = spawn(process.execPath, args, { cwd: app, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  run.stdout.setEncoding('utf8').on('data', (chunk) => (said += chunk));
  const [code] = await once(run, 'close');
  assert.equal(code, 0, said);
  return said;
}

test('every block of code in docs/testing.md is run by one of these tests', () => {
  assert.deepEqual([recipes.length, withVitest.length, ownCode.length], [2, 1, 1]);
  assert.equal(blocks.length, 4);
});

test('the recipes of docs/testing.md pass', { skip }, async () => {
  assert.match(await node('--test', ...(await write('recipe', recipes))), /# pass 2\n/);
});

test('so does the one with vitest', { skip }, async () => {
  const files = await write('vitest', withVitest);
  const said = await node('node_modules/vitest/vitest.mjs', 'run', '--reporter=json', ...files);
  const { numPassedTests, numTotalTests } = JSON.parse(said.slice(said.indexOf('{')));
  assert.deepEqual([numPassedTests, numTotalTests], [1, 1]);
});

test("an app's own code counts votes that come from real peers", { skip }, async () => {
  await writeFile(join(app, 'votes.js'), ownCode[0] ?? '');
  const { count } = await import(pathToFileURL(join(app, 'votes.js')).href);
  const [ana, ben] = await Promise.all([startPeer('Ana'), startPeer('Ben')]);
  const [a, b] = await Promise.all([ana.open(app), ben.open(app)]);
  await introduce(a, b);
  const votes = new Map();
  const counted = count(b, votes);
  await a.send(b.address, { choice: 'tea' });
  await a.send(b.address, { choice: 'coffee' });
  await until('the last vote', () => votes.get(ana.id) === 'coffee');
  await Promise.all([ana.close(), ben.close()]);
  await counted;
});
