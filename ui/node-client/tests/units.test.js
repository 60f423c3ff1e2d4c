// What the client does by itself, against programs that are no peers.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { MutinyError, Peer } from '../index.js';
import { decode, encode } from '../lib/body.js';
import { Lines } from '../lib/lines.js';
import { Listeners } from '../lib/listeners.js';

const folder = await mkdtemp(join(tmpdir(), 'mutiny-client-'));
after(() => rm(folder, { recursive: true }));

let programs = 0;

/**
 * Starts a program that is no peer: what it does for each line is in `body`, with `say` and `request`.
 * @param {string} body
 * @param {Partial<import('../index.js').PeerOptions>} [options]
 */
async function start(body, options = {}) {
  const program = join(folder, `program-${++programs}.mjs`);
  const code = `#!/usr/bin/env node
    import { createInterface } from 'node:readline';
    const say = (line) => process.stdout.write((typeof line === 'string' ? line : JSON.stringify(line)) + '\\n');
    say({ event: { type: 'ready', peer: '12D3', version: '0.0.0' } });
    for await (const line of createInterface({ input: process.stdin })) {
      const request = JSON.parse(line);
      ${body}
    }`;
  await writeFile(program, code, { mode: 0o755 });
  return Peer.start({ program, log: () => {}, ...options });
}

/**
 * The code of the error that a promise rejects with.
 * @param {Promise<unknown>} promise
 */
async function code(promise) {
  const error = await promise.then(
    () => assert.fail('it did not reject'),
    (/** @type {unknown} */ reason) => reason,
  );
  assert.ok(error instanceof MutinyError, String(error));
  assert.match(error.message, /\.$/, 'not a sentence');
  return error.code;
}

const ANSWER = 'say({ id: request.id, ok: request.call });';

test('answers find their calls in whatever order they come', async () => {
  const peer = await start(`
    (globalThis.all ??= []).push(request.id);
    if (all.length === 3) for (const id of all.reverse()) say({ id, ok: id });`);
  assert.equal(peer.id, '12D3');
  const answers = await Promise.all([peer.call('a'), peer.call('b'), peer.call('c')]);
  assert.deepEqual(answers, [1, 2, 3]);
  assert.deepEqual(await peer.close(), { code: 0, signal: null });
});

test('a refusal is an error with its code', async () => {
  const peer = await start(`say({ id: request.id, error: { code: 'TooLarge', message: 'Too large.' } });`);
  assert.equal(await code(peer.me()), 'TooLarge');
  await peer.close();
});

test('lines that make no sense do no harm', async () => {
  const peer = await start(`say('nonsense'); say('[1]'); say('null'); say({ id: 99, ok: 1 }); say(''); ${ANSWER}`);
  /** @type {string[]} */
  const stray = [];
  peer.on('stray', ({ line }) => stray.push(line));
  assert.equal(await peer.call('me'), 'me');
  assert.deepEqual(stray, ['nonsense', '[1]', 'null', '{"id":99,"ok":1}', '']);
  await peer.close();
});

test('events that nobody listens for, or of a kind that nobody knows, do no harm', async () => {
  const peer = await start(`
    say({ event: { type: 'changed', topic: 'me' } }); say({ event: { type: 'sunrise' } });
    say({ event: { type: 'message', instance: 'unheard-of' } }); ${ANSWER}`);
  assert.equal(await peer.call('me'), 'me');
  await peer.close();
});

test('a call that gets no answer ends after its time, and a late answer is nothing', async () => {
  const peer = await start(
    `if (request.call === 'slow') setTimeout(() => say({ id: request.id, ok: 1 }), 50); else ${ANSWER}`,
    {
      timeout: 10,
    },
  );
  assert.equal(await code(peer.call('slow')), 'Timeout');
  peer.on('stray', ({ line }) => assert.fail(line));
  const patient = await start(`setTimeout(() => ${ANSWER.replace(';', '')}, 50);`, { timeout: 0 });
  assert.equal(await patient.call('me'), 'me');
  await Promise.all([peer.kill(), patient.close()]);
});

test('when the process ends by itself, every call is told, and so are those that come after', async () => {
  const peer = await start(`process.stderr.write('The disk is full.\\n', () => process.exit(74));`);
  const exit = new Promise((resolve) => peer.on('exit', resolve));
  const calls = [peer.call('a'), peer.call('b')];
  assert.deepEqual(await Promise.all(calls.map(code)), ['Ended', 'Ended']);
  assert.deepEqual(await exit, { code: 74, signal: null });
  await assert.rejects(peer.call('c'), { code: 'Ended', exitCode: 74, message: /exit code 74\. The disk is full\./ });
  assert.deepEqual(await peer.close(), { code: 74, signal: null });
});

test('a peer that was closed takes no more calls', async () => {
  const peer = await start(ANSWER);
  const last = peer.call('last');
  const closed = peer.close();
  assert.equal(await code(peer.call('late')), 'Closed');
  assert.equal(await last, 'last');
  assert.deepEqual(await closed, { code: 0, signal: null });
});

test('a process that reads slowly is waited for, and keeps the order', async () => {
  const peer = await start(`
    if (request.call === 'first') await new Promise((resolve) => setTimeout(resolve, 100));
    say({ id: request.id, ok: request.id });`);
  const body = 'x'.repeat(200_000);
  const calls = [peer.call('first'), ...Array.from({ length: 20 }, () => peer.call('big', { body }))];
  assert.deepEqual(
    await Promise.all(calls),
    Array.from({ length: 21 }, (_, index) => index + 1),
  );
  await peer.close();
});

test('what cannot start says why', async () => {
  assert.equal(await code(Peer.start({ program: join(folder, 'nothing-here'), log: () => {} })), 'NotFound');
  const program = join(folder, 'fails.mjs');
  await writeFile(program, `#!/usr/bin/env node\nconsole.error('mutiny-node: In use.'); process.exit(75);`, {
    mode: 0o755,
  });
  await assert.rejects(Peer.start({ program, log: () => {} }), {
    code: 'StartFailed',
    exitCode: 75,
    message: 'In use.',
  });
});

test('lines are cut at newlines and nowhere else', () => {
  /** @type {string[]} */
  const lines = [];
  const cut = new Lines((line) => lines.push(line));
  const bytes = Buffer.from('one\n\u2028é\r\n\nrest');
  for (const byte of bytes) cut.push(Buffer.from([byte]));
  assert.deepEqual(lines, ['one', '\u2028é\r', '']);
  cut.push(Buffer.from('!\na\nb\n'));
  assert.deepEqual(lines.slice(3), ['rest!', 'a', 'b']);
});

test('a message is JSON or bytes, and is refused where JSON would change it', () => {
  for (const value of [null, true, 0, -1.5, '', 'é', [], [1, [2]], {}, { a: { b: null } }, Object.create(null)]) {
    assert.deepEqual(encode(value), { type: 'json', value });
  }
  const bytes = new Uint8Array([9, 1, 2, 255]).subarray(1);
  assert.deepEqual(encode(bytes), { type: 'bytes', value: 'AQL/' });
  assert.deepEqual(encode(new Uint16Array([1]).buffer), { type: 'bytes', value: 'AQA=' });
  const entry = { kind: 'message', id: 'a', body: encode(bytes) };
  assert.deepEqual(decode(entry), { kind: 'message', id: 'a', data: new Uint8Array([1, 2, 255]) });
  assert.equal(decode(null), null);

  let deep = /** @type {unknown} */ (null);
  for (let level = 0; level < 200; level++) deep = [deep];
  for (const value of [
    undefined,
    NaN,
    Infinity,
    () => 1,
    1n,
    Symbol('a'),
    new Date(),
    new Map(),
    [undefined],
    { a: NaN },
    '\ud800',
    deep,
  ]) {
    assert.throws(() => encode(value), { code: 'InvalidArgument', message: /^JSON cannot express this: the message/ });
  }
});

/** An instance of a program that is no peer, which answers each call of its like this. @param {string} answer */
async function openInstance(answer) {
  const peer = await start(`
    if (request.call === 'instance_for') say({ id: request.id, ok: { id: '${UUID}' } });
    else { const instance = '${UUID}'; ${answer} }`);
  return { peer, instance: await peer.open('.') };
}

const UUID = '00000000-0000-4000-8000-000000000001';
const TO = { peer: '12D3', instance: UUID };

test('word of a delivery never overtakes the id of the message', async () => {
  const { peer, instance } = await openInstance(`
    say({ event: { type: 'delivery', instance, id: '${UUID}', state: 'delivered' } });
    setTimeout(() => say({ id: request.id, ok: '${UUID}' }), 20);`);
  /** @type {string[]} */
  const order = [];
  const told = new Promise((resolve) =>
    instance.on('delivery', ({ id, state }) => resolve(order.push(`${id} ${state}`))),
  );
  await instance.send(TO, 1).then((id) => order.push(id));
  await told;
  assert.deepEqual(order, [UUID, `${UUID} delivered`]);
  await peer.close();
});

test('listeners come and go as they do on a page', async () => {
  const { peer, instance } = await openInstance(`
    say({ event: { type: 'message', instance } }); say({ event: { type: 'announcement', instance } }); ${ANSWER}`);
  /** @type {string[]} */
  const heard = [];
  const note = (/** @type {Event} */ event) => void heard.push(event.type);
  const ended = new AbortController();
  instance.addEventListener('message', note, { once: true });
  instance.addEventListener('announcement', note, { signal: ended.signal });
  const stop = instance.on('peer', note);
  await instance.announce(1);
  ended.abort();
  stop();
  await instance.announce(1);
  assert.deepEqual(heard, ['message', 'announcement']);
  await peer.close();
});

test('where events were left out, everything may be new', async () => {
  const { peer, instance } = await openInstance(`say({ event: { type: 'missed', count: 3 } }); ${ANSWER}`);
  /** @type {string[]} */
  const heard = [];
  for (const type of /** @type {const} */ (['message', 'peer', 'invitation', 'announcement']))
    instance.on(type, (event) => heard.push(event.type));
  await instance.announce(1);
  assert.deepEqual(heard, ['message', 'peer', 'invitation', 'announcement']);
  await peer.close();
});

test('what makes no sense is refused in the words of window.mutiny, before anything is asked', async () => {
  const { peer, instance } = await openInstance(
    `say({ id: request.id, error: { code: 'Asked', message: 'It was asked.' } });`,
  );
  const wrong = /** @type {any[]} */ ([
    [() => instance.send(/** @type {any} */ (undefined), 1), /goes to an address/],
    [() => instance.send(/** @type {any} */ ({ peer: '12D3', instance: null }), 1), /has not accepted/],
    [() => instance.send({ peer: '12D3', instance: 'chat' }, 1), /is not an id/],
    [() => instance.send(TO, 1, { deadline: -1 }), /greater than zero/],
    [() => instance.status('1'), /is not an id/],
    [() => instance.next('1'), /is not an id/],
    [() => instance.invite(/** @type {any} */ (undefined)), /nobody can choose/],
    [() => instance.announce(NaN), /the announcement is NaN/],
  ]);
  for (const [call, message] of wrong) await assert.rejects(call, { code: 'InvalidArgument', message });
  await peer.close();
});

test('an error shows its code wherever it is shown', () => {
  const error = new MutinyError('TooLarge', 'Send it in parts.');
  assert.equal(`${error}`, 'MutinyError [TooLarge]: Send it in parts.');
  assert.match(error.stack ?? '', /^MutinyError \[TooLarge\]: Send it in parts\.\n +at /);
  assert.deepEqual([error.name, error.message], ['MutinyError', 'Send it in parts.']);
});

test('a listener that throws keeps nobody else from listening', async () => {
  /** @type {Listeners<{ news: number }>} */
  const listeners = new Listeners();
  /** @type {number[]} */
  const heard = [];
  const thrown = new Promise((resolve) => {
    const before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => {
      for (const listener of before) process.on('uncaughtException', listener);
      resolve(error.message);
    });
  });
  listeners.on('news', () => {
    throw new Error('mine');
  });
  const stop = listeners.on('news', (news) => heard.push(news));
  listeners.tell('news', 1);
  stop();
  assert.equal(await thrown, 'mine');
  assert.deepEqual(heard, [1]);
});
