// The transfers of apps/file-drop: two pages, and a network between their hosts that the tests hold in their hands.

import { beforeEach, describe, expect, test } from 'vitest';
import { countOf, decode, encode, lengthOf, newId, PART } from '../../../apps/file-drop/parts.js';
import { keyOf, Transfers, type Transfer } from '../../../apps/file-drop/transfers.js';
import { sizeOf, stateOf } from '../../../apps/file-drop/words.js';
import type { Address, Entry } from '../../bindings/core.ts';
import { ana, ben, Host, uuid } from './host.ts';

/** Small parts, so that a test has many of them. */
const SMALL = 64;

/** A file whose every part is different. */
const file = (parts: number, extra = 0) => {
  const bytes = new Uint8Array(parts * SMALL + extra).map((_, i) => i / SMALL + i * 7);
  return new File([bytes], 'photo.jpg');
};

class Side {
  host = new Host();
  kept = new Map<string, Transfer>();
  files = new Map<string, Blob>();
  pieces = new Map<string, Uint8Array<ArrayBuffer>>();
  transfers!: Transfers;
  carried = 0;
  /** How long the disk takes for a part, in milliseconds, by how many it has read. */
  delay = (_read: number) => 0;
  #read = 0;

  constructor(
    readonly me: Address,
    readonly other: Address,
  ) {}

  async open() {
    this.transfers = new Transfers(
      this.host.openPage(),
      {
        all: async () => structuredClone([...this.kept.values()]),
        put: async (transfer) => void this.kept.set(transfer.id, structuredClone(transfer)),
        putFile: async (id, blob) => void this.files.set(id, blob),
        file: async (id) => {
          const delay = this.delay((this.#read += 1));
          if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
          return this.files.get(id);
        },
        putPart: async (transfer, index, content) => {
          this.pieces.set(`${transfer.id} ${index}`, content);
          this.kept.set(transfer.id, structuredClone(transfer));
        },
        parts: async (id, count) => new Blob(Array.from({ length: count }, (_, i) => this.pieces.get(`${id} ${i}`)!)),
        remove: async (id) => void this.kept.delete(id),
      },
      SMALL,
    );
    await this.transfers.start();
    void this.transfers.receive();
  }

  get transfer() {
    return this.transfers.list[0]!;
  }
}

/** Carries up to `most` messages from one side to the other, and says so to their sender. */
const carry = async (from: Side, to: Side, most = Infinity) => {
  const messages = from.host.sent.slice(from.carried, from.carried + most);
  from.carried += messages.length;
  to.host.receive(...messages.map(({ id, body }) => ({ kind: 'message', id, from: from.me, sent: 0, body }) as Entry));
  await expect.poll(() => to.host.inbox).toEqual([]);
  for (const { id } of messages) from.host.end(id, { state: 'delivered' });
  await new Promise((resolve) => setTimeout(resolve));
  return messages.length;
};

/** Carries until nobody has anything left to say. */
const settle = async () => {
  while ((await carry(left, right)) + (await carry(right, left)) > 0);
};

let left: Side;
let right: Side;

beforeEach(async () => {
  left = new Side(ana, ben);
  right = new Side(ben, ana);
  await left.open();
  await right.open();
});

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

describe('a part', () => {
  test('is what it was when it is read again', () => {
    const id = newId();
    expect(decode(encode(id, 77, Uint8Array.of(1, 2, 3)))).toEqual({ id, index: 77, content: Uint8Array.of(1, 2, 3) });
    expect(decode(new Uint8Array(19))).toBeNull();
  });

  test('has a length that is known before it comes', () => {
    expect(countOf(PART * 2 + 1)).toBe(3);
    expect(lengthOf(PART * 2 + 1, 1)).toBe(PART);
    expect(lengthOf(PART * 2 + 1, 2)).toBe(1);
  });
});

test('a file arrives as it was, once it was accepted', async () => {
  const sent = file(20, 5);
  await left.transfers.send(keyOf(ben), sent);
  await settle();
  expect(right.transfer).toMatchObject({ state: 'offered', name: 'photo.jpg', size: sent.size });
  await right.transfers.accept(right.transfer.id);
  await settle();
  expect(left.transfer).toMatchObject({ state: 'done', done: 21 });
  expect(right.transfer).toMatchObject({ state: 'done', done: 21 });
  expect(await bytesOf(await right.transfers.file(right.transfer.id))).toEqual(await bytesOf(sent));
});

test('only a few parts are under way at a time', async () => {
  await left.transfers.send(keyOf(ben), file(20));
  await settle();
  await right.transfers.accept(right.transfer.id);
  await carry(right, left);
  await expect.poll(() => left.host.sent.length).toBe(1 + 8);
});

test('parts are sent in their order, also where one takes longer to read than the next', async () => {
  left.delay = (read) => (read % 2) * 5;
  await left.transfers.send(keyOf(ben), file(40));
  await settle();
  await right.transfers.accept(right.transfer.id);
  await expect.poll(() => settle().then(() => left.transfer.state), { timeout: 5000 }).toBe('done');
  expect(right.transfer).toMatchObject({ state: 'done', done: 40 });
});

/** A file that was accepted, of which the first parts have arrived. */
const halfway = async (parts: number) => {
  await left.transfers.send(keyOf(ben), file(20));
  await settle();
  await right.transfers.accept(right.transfer.id);
  await carry(right, left);
  await expect.poll(() => left.host.sent.length).toBeGreaterThan(parts);
  await carry(left, right, parts);
  expect(right.transfer.done).toBe(parts);
};

test.each(['sender', 'receiver'])('it goes on where it was after the window of the %s was closed', async (who) => {
  await halfway(5);
  await (who === 'sender' ? left : right).open();
  await settle();
  expect(left.transfer.state).toBe('done');
  expect(right.transfer.state).toBe('done');
  expect(await bytesOf(await right.transfers.file(right.transfer.id))).toEqual(await bytesOf(file(20)));
});

test('an acceptance that never left goes out with the next page', async () => {
  await left.transfers.send(keyOf(ben), file(3));
  await settle();
  right.host.refusals['send'] = [{ code: 'Stopped', message: 'The host is closing.' }];
  await expect(right.transfers.accept(right.transfer.id)).rejects.toMatchObject({ code: 'Stopped' });
  await right.open();
  await settle();
  expect(await bytesOf(await right.transfers.file(right.transfer.id))).toEqual(await bytesOf(file(3)));
});

test('a part that could not be delivered stops it until the person tries again', async () => {
  await halfway(3);
  const lost = left.host.sent[left.carried]!;
  left.carried += 1;
  left.host.receive({
    kind: 'failure',
    id: uuid(1),
    message: lost.id,
    to: ben,
    reason: 'expired',
    outcome: 'not-delivered',
  });
  await expect.poll(() => left.transfer.state).toBe('paused');
  await settle();
  expect(right.transfer.done).toBe(3);
  await left.transfers.resume(left.transfer.id);
  await settle();
  expect(await bytesOf(await right.transfers.file(right.transfer.id))).toEqual(await bytesOf(file(20)));
});

test('declined is declined, also for an offer that comes again', async () => {
  await left.transfers.send(keyOf(ben), file(1));
  await settle();
  await right.transfers.drop(right.transfer.id);
  await settle();
  expect(left.transfer.state).toBe('stopped');
  expect(right.transfers.list).toEqual([]);
});

test('what nobody asked for is not kept', async () => {
  const id = newId();
  const say = (value: unknown) =>
    right.host.receive({ kind: 'message', id: uuid(2), from: ana, sent: 0, body: { type: 'json', value } } as Entry);
  for (const word of [null, 7, { offer: 'x' }, { offer: id }, { offer: id, name: '', size: 1 }, { want: id, from: 0 }])
    say(word);
  say({ offer: id, name: 'x', size: 2 ** 40 });
  await expect.poll(() => right.host.inbox).toEqual([]);
  expect(right.transfers.list).toEqual([]);
});

test('an empty file is refused with a sentence', async () => {
  await expect(left.transfers.send(keyOf(ben), new File([], 'nothing'))).rejects.toThrow('“nothing” is empty');
});

test('sizes and states are said in words', () => {
  expect([999, 1_000, 3_400_000, 25_000_000].map(sizeOf)).toEqual(['999 bytes', '1.0 KB', '3.4 MB', '25 MB']);
  const transfer = { id: '', with: '', name: '', size: PART * 4, at: 0, done: 1 };
  expect(stateOf({ ...transfer, way: 'out', state: 'moving' }, 'Ben', true)).toBe('Sending to Ben · 25 %');
  expect(stateOf({ ...transfer, way: 'out', state: 'offered' }, 'Ben', false)).toBe('Waiting for Ben to come online');
});
