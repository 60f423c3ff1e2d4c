// The bot in apps/echo-bot, as a process of its own, with a peer that talks to it.

import './program.js';

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { missing, startPeer, until } from '../testing.js';

const skip = missing();
if (skip) console.log(`SKIPPED: ${skip}`);

const BOT = fileURLToPath(new URL('../../../apps/echo-bot/bot.mjs', import.meta.url));
const APP = fileURLToPath(new URL('../../../apps/echo-bot/app', import.meta.url));

const dataDir = await mkdtemp(join(tmpdir(), 'mutiny-echo-bot-'));
after(() => rm(dataDir, { recursive: true, force: true }));

/** Starts the bot and resolves with its process and its contact link. */
async function startBot() {
  const options = ['--data-dir', dataDir, '--listen', '/ip4/127.0.0.1/tcp/0', '--no-mdns'];
  const bot = spawn(process.execPath, [BOT, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  after(() => bot.kill('SIGKILL'));
  let said = '';
  bot.stdout.setEncoding('utf8').on('data', (chunk) => (said += chunk));
  const link = await until('the contact link', () => /^mutiny:\S+$/m.exec(said)?.[0], 20_000);
  return { bot, link };
}

/**
 * The data of the next message, taken from the inbox.
 * @param {import('../index.js').Instance} instance
 */
async function hear(instance) {
  for await (const entry of instance) {
    await instance.next(entry.id);
    return entry.kind === 'message' ? entry.data : entry;
  }
  return assert.fail('closed');
}

test('the bot accepts, echoes, and answers later what was said while it was away', { skip }, async () => {
  const { bot, link } = await startBot();
  const ana = await startPeer('ana');
  const echo = await ana.open(APP);
  const { id, name } = await ana.addContact(link);
  assert.equal(typeof name, 'string');
  await echo.invite(id);
  const to = await until('the bot to accept', async () => {
    const [known] = await echo.invitations();
    return known?.instance ? { peer: known.peer, instance: known.instance } : null;
  });

  await echo.send(to, { text: 'Hello' });
  assert.deepEqual(await hear(echo), { echo: { text: 'Hello' } });
  await echo.send(to, new Uint8Array([1, 2, 3]));
  assert.deepEqual(await hear(echo), { echo: 'AQID' });

  bot.kill('SIGKILL');
  await once(bot, 'exit');
  await echo.send(to, { echo: 'is not answered' });
  await echo.send(to, { text: 'Are you there?' });
  const again = await startBot();
  // It listens at a new address.
  await ana.addContact(again.link);
  assert.deepEqual(await hear(echo), { echo: { text: 'Are you there?' } });

  again.bot.kill('SIGTERM');
  assert.deepEqual(await once(again.bot, 'exit'), [0, null]);
  await ana.close();
});

test('a command line that makes no sense is explained', async () => {
  const bot = spawn(process.execPath, [BOT, '--colour'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  bot.stderr.setEncoding('utf8').on('data', (chunk) => (said += chunk));
  assert.deepEqual(await once(bot, 'close'), [64, null]);
  assert.match(said, /'--colour'[^]*Usage: node bot.mjs/);
});
