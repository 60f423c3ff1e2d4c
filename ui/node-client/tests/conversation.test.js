// docs/node.md shows a conversation with two peers, line by line: it is had as it stands there.

import './program.js';

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Lines } from '../lib/lines.js';
import { missing, until } from '../testing.js';

const skip = missing();
const page = await readFile(new URL('../../../docs/node.md', import.meta.url), 'utf8');
const [ofAna = '', ofBob = ''] = [...page.matchAll(/```text\n([^]*?)```/g)].map(([, text]) => text);
const apps = fileURLToPath(new URL('../../../apps', import.meta.url));

/** The key that stands for all that the page leaves out of an object. */
const MORE = '…';

/** What a line of the page says. @param {string} line */
const read = (line) => JSON.parse(line.replaceAll(',…}', `,"${MORE}":0}`).replaceAll(/:…(?=[,}])/g, `:"${MORE}"`));

/** What ids that the page shortens are in truth: the first one that is met. */
class Ids {
  /** @type {Map<string, unknown>} */
  #real = new Map();

  /** @param {string} short @param {unknown} real */
  set(short, real) {
    this.#real.set(short, real);
  }

  /** A request of the page with real ids. @param {any} value @returns {any} */
  fill(value) {
    if (typeof value === 'string' && value.endsWith('…')) {
      assert.ok(this.#real.has(value), `nothing said what ${value} is`);
      return this.#real.get(value);
    }
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map((item) => this.fill(item));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.fill(item)]));
  }

  /** Whether a peer says what the page says. @param {any} shown @param {any} said @returns {boolean} */
  match(shown, said) {
    if (shown === MORE) return said !== undefined;
    if (typeof shown === 'string' && shown.endsWith('…')) {
      if (!this.#real.has(shown)) this.#real.set(shown, said);
      return this.#real.get(shown) === said;
    }
    if (shown === null || typeof shown !== 'object') return shown === said;
    if (said === null || typeof said !== 'object' || Array.isArray(shown) !== Array.isArray(said)) return false;
    const { [MORE]: open, ...fields } = shown;
    const isWhole = open !== undefined || Object.keys(said).length === Object.keys(fields).length;
    return isWhole && Object.entries(fields).every(([key, item]) => this.match(item, said[key]));
  }
}

/** A peer that is driven by nothing but lines. */
class Talker {
  /** @type {any[]} */
  said = [];

  /** @param {string} name @param {string} dataDir */
  constructor(name, dataDir) {
    const options = ['--profile', name, '--data-dir', dataDir, '--listen', '/ip4/127.0.0.1/tcp/0', '--no-mdns'];
    const program = process.env['MUTINY_NODE'] || 'mutiny-node';
    this.process = spawn(program, options, { cwd: apps, stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = new Lines((line) => this.said.push(JSON.parse(line)));
    this.process.stdout.on('data', (chunk) => lines.push(chunk));
    after(() => this.process.kill('SIGKILL'));
  }

  /** @param {object} request */
  write(request) {
    this.process.stdin.write(`${JSON.stringify(request)}\n`);
  }

  /** Waits for a line that nobody waited for before. @param {(line: any) => boolean} isIt @param {string} what */
  async take(isIt, what) {
    const index = await until(`${what}, and heard:\n${JSON.stringify(this.said, null, 1)}`, () => {
      const found = this.said.findIndex(isIt);
      return found >= 0 && { found };
    });
    return this.said.splice(index.found, 1)[0];
  }

  /** Calls something before the conversation begins. @param {string} call @param {object} [args] */
  async ask(call, args) {
    this.write({ id: 'before', call, ...args });
    return (await this.take(({ id }) => id === 'before', `the answer to ${call}`)).ok;
  }

  /** Has a part of the conversation. @param {string} text @param {Ids} ids */
  async talk(text, ids) {
    /** @type {any} */
    let request;
    for (const line of text.trim().split('\n')) {
      const shown = read(line.slice(2));
      if (line.startsWith('> ')) {
        request = ids.fill(shown);
        this.write(request);
      } else if ('event' in shown) {
        await this.take((said) => ids.match(shown, said), line);
      } else {
        // Whoever asks before the other side has answered asks again.
        let said = await this.take(({ id }) => id === shown.id, line);
        const deadline = Date.now() + 10_000;
        while (!ids.match(shown, said)) {
          assert.ok(Date.now() < deadline, `the page says\n${line}\nand the peer\n${JSON.stringify(said)}`);
          this.write(request);
          said = await this.take(({ id }) => id === shown.id, line);
        }
      }
    }
  }
}

test('the conversation of docs/node.md', { skip }, async () => {
  assert.ok(ofAna.includes('"call":"send"') && ofBob.includes('"call":"accept_invitation"'));
  const dataDir = await mkdtemp(join(tmpdir(), 'mutiny-conversation-'));
  after(() => rm(dataDir, { recursive: true, force: true }));
  const [ana, bob] = [new Talker('ana', dataDir), new Talker('bob', dataDir)];
  await bob.ask('set_name', { name: 'Bob' });
  const { id: bobId, link } = await bob.ask('me');
  const ids = new Ids();
  ids.set('12D3KooWAna…', (await ana.ask('me')).id);
  ids.set('12D3KooWBob…', bobId);
  ids.set('mutiny:12D3KooWBob…', link);
  ids.set('91d2…', (await bob.ask('instance_for', { folder: './chat' })).id);
  await Promise.all([ana.talk(ofAna, ids), bob.talk(ofBob, ids)]);
});
