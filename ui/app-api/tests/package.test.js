// The package as others get it: packed, installed into an empty project without a network, checked and run.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const here = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));

const PROGRAM = `
import type { Announcement, Message } from '@mutiny/app';
import { mockPeers } from '@mutiny/app/mock';

const [ana, ben] = mockPeers(['Ana', 'Ben']);
if (!ana || !ben) throw new Error('two people');

const accepted = new Promise<void>((resolve) => {
  ana.mutiny.on('invitation', async () => {
    if ((await ana.mutiny.invitations()).some(({ instance }) => instance !== null)) resolve();
  });
});
const friend = await ana.mutiny.invite();
await accepted;

await ben.mutiny.announce({ nickname: 'Captain' });
let heard: Announcement[] = [];
while (heard.length === 0) heard = await ana.mutiny.announcements();

ben.setOnline(false);
const [to] = await ana.mutiny.invitations();
if (!to?.instance) throw new Error('an address');
const id = await ana.mutiny.send({ peer: to.peer, instance: to.instance }, { text: 'Hello' });
const before = (await ana.mutiny.status(id)).state;
ben.setOnline(true);
let message: Message | undefined;
for await (const entry of ben.mutiny) {
  if (entry.kind !== 'message') continue;
  message = entry;
  break;
}
while ((await ana.mutiny.status(id)).state !== 'delivered');
const refused = await ana.mutiny.send({ peer: to.peer, instance: 'x' }, 1).catch((error) => error.code);
console.log(JSON.stringify({ friend: friend?.name, heard: heard[0]?.data, before, said: message?.data, refused }));
`;

let project;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'mutiny-app-'));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

const run = (cwd, command, ...args) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

test('an empty project installs it, type-checks against it, and runs its mock', { timeout: 120_000 }, () => {
  const [packed] = JSON.parse(run(here, 'npm', 'pack', '--json', '--pack-destination', project));
  expect(packed.files.map(({ path }) => path).sort()).toEqual(
    ['README.md', 'mock/index.d.ts', 'mock/index.js', 'mock/page.js', 'mutiny.d.ts', 'package.json'].sort(),
  );

  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }');
  run(project, 'npm', 'install', '--offline', '--no-audit', '--no-fund', join(project, packed.filename));

  mkdirSync(join(project, 'src'));
  writeFileSync(join(project, 'src/main.ts'), PROGRAM);
  writeFileSync(
    join(project, 'src/page.js'),
    '/// <reference types="@mutiny/app" />\nexport const peers = async () => (await mutiny.peers()).map(({ id }) => id);\n',
  );
  const options = {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'],
    module: 'nodenext',
    strict: true,
    skipLibCheck: false,
    allowJs: true,
    checkJs: true,
    outDir: 'out',
    rootDir: 'src',
    types: [],
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['src'] }));
  run(project, process.execPath, tsc, '-p', '.');
  expect(JSON.parse(run(project, process.execPath, 'out/main.js'))).toEqual({
    friend: 'Ben',
    heard: { nickname: 'Captain' },
    before: 'queued',
    said: { text: 'Hello' },
    refused: 'InvalidArgument',
  });
});
