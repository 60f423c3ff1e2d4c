// The client with real peers: processes of their own, on loopback.

import './program.js';

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { Peer } from '../index.js';
import { introduce, missing, startPeer, until } from '../testing.js';

const skip = missing();
if (skip) console.log(`SKIPPED: ${skip}`);

const home = await mkdtemp(join(tmpdir(), 'mutiny-peers-'));
after(() => rm(home, { recursive: true, force: true }));
const folder = join(home, 'talk');
await mkdir(folder);
await writeFile(join(folder, 'index.html'), '<!doctype html><title>Talk</title>');

/**
 * The next messages of an inbox.
 * @param {import('../index.js').Instance} instance
 * @param {number} count
 */
async function take(instance, count) {
  const taken = [];
  if (count > 0) {
    for await (const entry of instance) {
      taken.push(entry.kind === 'message' ? entry.data : `${entry.reason}: ${entry.outcome}`);
      if (taken.length === count) {
        await instance.next(entry.id);
        break;
      }
    }
  }
  return taken;
}

test('two peers talk', { skip }, async () => {
  const [ana, ben] = await Promise.all([startPeer('ana'), startPeer('ben')]);
  const [a, b] = await Promise.all([ana.open(folder), ben.open(pathToFileURL(folder))]);
  assert.deepEqual(a.address, { peer: ana.id, instance: a.id });
  await introduce(a, b);
  assert.deepEqual(
    (await a.invitations()).map(({ name, instance }) => [name, instance]),
    [['ben', b.id]],
  );

  /** @type {import('../index.js').DeliveryEvent[]} */
  const ended = [];
  a.on('delivery', (event) => ended.push(event));
  const bytes = new Uint8Array([0, 1, 254, 255]);
  const ids = [
    await a.send(b.address, { text: 'Hello \u2028 Ben' }),
    await a.send(b.address, bytes),
    await a.send(b.address, null),
  ];
  assert.deepEqual(await take(b, 3), [{ text: 'Hello \u2028 Ben' }, bytes, null]);
  await until('word of three deliveries', () => ended.length === 3);
  assert.deepEqual(ended.map(({ id, state }) => [id, state]).sort(), ids.map((id) => [id, 'delivered']).sort());
  assert.deepEqual(await a.status(ids[0] ?? ''), { state: 'delivered' });

  await b.send(a.address, 'Hello Ana');
  assert.deepEqual(await take(a, 1), ['Hello Ana']);
  await Promise.all([ana.close(), ben.close()]);
});

test('an instance knows who and what it is, as a page does', { skip }, async () => {
  const ana = await startPeer('ana');
  const a = await ana.open(folder);
  await a.ready;
  const { app: said, ...me } = await a.instance;
  assert.deepEqual(me, { peer: ana.id, instance: a.id, label: 'talk' });
  const { description, hash, ...app } = said;
  assert.deepEqual(app, { id: 'folder.talk', name: 'talk', version: '0.0.0', accepts: 'invited', permissions: [] });
  assert.deepEqual([description, hash.slice(0, 7)], [null, 'sha256-']);
  assert.deepEqual(await a.peer, { id: ana.id, name: 'ana' });
  assert.deepEqual(await a.limits, { messageBytes: 1_048_576, announcementBytes: 16_384, deadline: 604_800_000 });
  await assert.rejects(a.peers(), { code: 'PermissionDenied', message: /does not ask for the permission/ });
  await ana.close();
});

test('an app that declares it sees the people its peer knows', { skip }, async () => {
  const open = join(home, 'open');
  await mkdir(open);
  await writeFile(join(open, 'index.html'), '<!doctype html><title>Open</title>');
  const manifest = { id: 'org.example.open', name: 'Open', version: '1.0.0', permissions: ['peers'] };
  await writeFile(join(open, 'mutiny.json'), JSON.stringify(manifest));
  const [ana, ben] = await Promise.all([startPeer('ana'), startPeer('ben')]);
  const a = await ana.open(open);
  await ana.addContact((await ben.me()).link);
  const seen = await until('Ben to be there', async () => (await a.peers()).find(({ online }) => online));
  assert.deepEqual(seen, { id: ben.id, name: 'ben', online: true });
  assert.deepEqual(await a.invite(ben.id), { id: ben.id, name: 'ben' });
  await Promise.all([ana.close(), ben.close()]);
});

test('what an instance announces, the other one hears', { skip }, async () => {
  const [ana, ben] = await Promise.all([startPeer('ana'), startPeer('ben')]);
  const [a, b] = await Promise.all([ana.open(folder), ben.open(folder)]);
  await introduce(a, b);
  const [to] = await until('Ben to be there', async () => (await a.invitations()).filter(({ online }) => online));
  assert.equal(to?.peer, ben.id);

  let heard = 0;
  b.on('announcement', () => heard++);
  await a.announce({ nickname: 'Al' });
  const [said] = await until('what Ana announces', async () => {
    const all = await b.announcements();
    return all.length > 0 && all;
  });
  const from = { peer: ana.id, instance: a.id };
  assert.deepEqual(said, { from, name: 'ana', version: '0.0.0', data: { nickname: 'Al' }, correspondent: true });
  await until('word of it', () => heard > 0);
  await a.announce(null);
  await until('nothing any more', async () => (await b.announcements()).length === 0);
  await assert.rejects(a.announce('x'.repeat(20_000)), { code: 'TooLarge' });
  await assert.rejects(a.announce(/** @type {any} */ (undefined)), {
    code: 'InvalidArgument',
    message: /announcement/,
  });
  await Promise.all([ana.close(), ben.close()]);
});

test('what was sent to a peer that is away waits, also through kill -9 of both', { skip }, async () => {
  let [ana, ben] = await Promise.all([startPeer('ana'), startPeer('ben')]);
  const homes = [ana.dataDir, ben.dataDir];
  let [a, b] = await Promise.all([ana.open(folder), ben.open(folder)]);
  await introduce(a, b);

  assert.equal((await ben.kill()).signal, 'SIGKILL');
  const id = await a.send(b.address, 'Are you there?');
  const { state, online } = /** @type {import('../index.js').Queued} */ (await a.status(id));
  assert.deepEqual([state, online], ['queued', false]);
  await ana.kill();

  ben = await startPeer('ben', { dataDir: homes[1] ?? '' });
  ana = await startPeer('ana', { dataDir: homes[0] ?? '' });
  // Both listen at new addresses now: somebody has to say where.
  await ana.addContact((await ben.me()).link);
  [a, b] = await Promise.all([ana.open(folder), ben.open(folder)]);
  assert.deepEqual(await take(b, 1), ['Are you there?']);
  await until('word of the delivery', async () => (await a.status(id)).state === 'delivered');
  assert.equal(await b.read(), null);
  await Promise.all([ana.close(), ben.close()]);
  await Promise.all(homes.map((dir) => rm(dir, { recursive: true })));
});

test('an entry that was not finished is read again', { skip }, async () => {
  const ana = await startPeer('ana');
  const [one, other] = await Promise.all([ana.open(folder), ana.add(folder)]);
  await introduce(one, other);
  await one.send(other.address, 1);
  await one.send(other.address, 2);
  await assert.rejects(async () => {
    for await (const entry of other) throw new Error(entry.kind);
  }, /message/);
  const head = await until('the first again', () => other.read());
  assert.equal(head.kind === 'message' && head.data, 1);
  assert.equal(await other.next('00000000-0000-4000-8000-000000000000'), null);
  assert.deepEqual(await take(other, 2), [1, 2]);
  await ana.close();
});

test('a loop ends when its peer is closed, and throws when its process dies', { skip }, async () => {
  const [ana, ben] = await Promise.all([startPeer('ana'), startPeer('ben')]);
  const [a, b] = await Promise.all([ana.open(folder), ben.open(folder)]);
  const loop = take(a, 1);
  await ana.close();
  assert.deepEqual(await loop, []);
  const broken = take(b, 1);
  process.kill(ben.pid ?? 0, 'SIGKILL');
  await assert.rejects(broken, { code: 'Ended' });
  assert.deepEqual(await ben.exited, { code: null, signal: 'SIGKILL' });
  await rm(ben.dataDir, { recursive: true });
});

test('every refusal has the code of the host', { skip }, async () => {
  const ana = await startPeer('ana');
  const a = await ana.open(folder);
  await assert.rejects(a.invite('nobody'), { name: 'MutinyError', code: 'BadPeer' });
  await assert.rejects(a.invite(''), { code: 'InvalidArgument' });
  await assert.rejects(a.send({ peer: ana.id, instance: /** @type {any} */ (null) }, 1), a.MutinyError);
  await assert.rejects(a.send(a.address, 'x'.repeat((1 << 20) + 1)), { code: 'TooLarge' });
  await assert.rejects(a.send(a.address, NaN), { code: 'InvalidArgument' });
  await assert.rejects(a.status('00000000-0000-4000-8000-000000000000'), { code: 'UnknownMessage' });
  await assert.rejects(ana.open(join(home, 'none')), { code: 'MissingFolder' });
  await assert.rejects(ana.addContact('hello'), { code: 'BadContactLink' });
  await assert.rejects(ana.accept('00000000-0000-4000-8000-000000000000', a), { code: 'UnknownInvitation' });
  await assert.rejects(ana.call('fly'), { code: 'BadRequest' });
  await a.send({ peer: ana.id, instance: '00000000-0000-4000-8000-000000000000' }, 'Anyone?');
  assert.deepEqual(await take(a, 1), ['unknown-instance: not-delivered']);
  await ana.close();
});

test('what keeps a peer from starting is said', { skip }, async () => {
  const ana = await startPeer('ana');
  const options = { listen: '/ip4/127.0.0.1/tcp/0', mdns: false, log: () => {} };
  const again = Peer.start({ ...options, profile: 'ana', dataDir: ana.dataDir });
  await assert.rejects(again, { code: 'StartFailed', exitCode: 75, message: /is in use by another Mutiny/ });
  const odd = Peer.start({ ...options, profile: '../ana', dataDir: home });
  await assert.rejects(odd, { code: 'StartFailed', exitCode: 64, message: /cannot be a profile's name/ });
  await ana.close();
});

test('many messages at once arrive in order', { skip }, async () => {
  const [ana, ben] = await Promise.all([startPeer('ana'), startPeer('ben')]);
  const [a, b] = await Promise.all([ana.open(folder), ben.open(folder)]);
  await introduce(a, b);
  const numbers = Array.from({ length: 500 }, (_, index) => index);
  await Promise.all(numbers.map((number) => a.send(b.address, { number, filler: 'x'.repeat(2000) })));
  const got = await take(b, numbers.length);
  assert.deepEqual(
    got.map((data) => /** @type {{ number: number }} */ (data).number),
    numbers,
  );
  await Promise.all([ana.close(), ben.close()]);
});
