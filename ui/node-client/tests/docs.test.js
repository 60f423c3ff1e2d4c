// docs/testing.md shows tests: they are run as they stand there.

import './program.js';

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { missing } from '../testing.js';

const skip = missing();
const page = await readFile(new URL('../../../docs/testing.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code ?? '');
const recipes = blocks.filter((code) => code.includes("from 'node:test'"));

test('the recipes of docs/testing.md pass', { skip }, async () => {
  assert.equal(recipes.length, 2);
  const app = await mkdtemp(join(tmpdir(), 'mutiny-recipes-'));
  await writeFile(join(app, 'index.html'), '<!doctype html><title>Recipes</title>');
  await writeFile(join(app, 'package.json'), '{ "type": "module" }');
  await mkdir(join(app, 'node_modules/@mutiny'), { recursive: true });
  await symlink(fileURLToPath(new URL('..', import.meta.url)), join(app, 'node_modules/@mutiny/node'), 'dir');
  const files = recipes.map((_, index) => `recipe-${index}.test.js`);
  await Promise.all(recipes.map((code, index) => writeFile(join(app, files[index] ?? ''), code)));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = spawn(process.execPath, ['--test', ...files], { cwd: app, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  run.stdout.setEncoding('utf8').on('data', (chunk) => (said += chunk));
  const [code] = await once(run, 'close');
  assert.equal(code, 0, said);
  assert.match(said, /# pass 2\n/);
  await rm(app, { recursive: true });
});
