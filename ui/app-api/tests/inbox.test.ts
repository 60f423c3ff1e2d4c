import { describe, expect, test } from 'vitest';
import { Host, message, uuid } from './host.ts';
import type { Entry } from '../mutiny.d.ts';

/** Lets everything run that is waiting for nothing but its turn. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

/** Takes `count` entries in a loop over the inbox, and leaves the loop after the body of the last one. */
const take = async (mutiny: AsyncIterable<Entry>, count: number) => {
  const taken: Entry[] = [];
  for await (const entry of mutiny) {
    if (taken.length === count) break;
    taken.push(entry);
  }
  return taken;
};

const ids = (entries: { id: string }[]) => entries.map(({ id }) => id);

describe('read and next', () => {
  test('an empty inbox reads as null', async () => {
    const mutiny = new Host().openPage();
    expect(await mutiny.read()).toBeNull();
    expect(await mutiny.next()).toBeNull();
  });

  test('read leaves the head, next removes it', async () => {
    const host = new Host();
    host.inbox = [message(1), message(2)];
    const mutiny = host.openPage();
    expect(await mutiny.read()).toEqual(await mutiny.read());
    expect((await mutiny.next())?.id).toBe(uuid(1));
    expect((await mutiny.read())?.id).toBe(uuid(2));
  });

  test('next with an id removes only that entry', async () => {
    const host = new Host();
    host.inbox = [message(1), message(2)];
    const mutiny = host.openPage();
    expect(await mutiny.next(uuid(2))).toBeNull();
    expect((await mutiny.next(uuid(1)))?.id).toBe(uuid(1));
    expect(await mutiny.next(uuid(1))).toBeNull();
    expect(ids(host.inbox)).toEqual([uuid(2)]);
  });

  test('a message carries its sender, its time and its data', async () => {
    const host = new Host();
    host.inbox = [message(7)];
    const { body: _, ...envelope } = message(7) as Extract<ReturnType<typeof message>, { kind: 'message' }>;
    expect(await host.openPage().read()).toEqual({ ...envelope, data: 7 });
  });

  test('bytes arrive as Uint8Array', async () => {
    const host = new Host();
    host.inbox = [{ ...message(1), body: { type: 'bytes', value: 'AP+A' } } as (typeof host.inbox)[0]];
    expect(await host.openPage().read()).toMatchObject({ data: new Uint8Array([0, 255, 128]) });
  });

  test('a failure notice arrives as it is', async () => {
    const host = new Host();
    const notice = {
      kind: 'failure',
      id: uuid(1),
      message: uuid(2),
      to: { peer: '12D3KooWAna', instance: uuid(3) },
      reason: 'expired',
      outcome: 'unknown',
    } as const;
    host.inbox = [notice];
    expect(await host.openPage().read()).toEqual(notice);
  });

  test('next refuses what is no id, and removes nothing', async () => {
    const host = new Host();
    host.inbox = [message(1)];
    const mutiny = host.openPage();
    await expect(mutiny.next('first')).rejects.toMatchObject({ code: 'InvalidArgument' });
    await expect(mutiny.next(null as never)).rejects.toMatchObject({ code: 'InvalidArgument' });
    expect(host.inbox).toHaveLength(1);
  });
});

describe('the loop over the inbox', () => {
  test('gives the entries in order and removes them', async () => {
    const host = new Host();
    host.inbox = [message(1), message(2), message(3), message(4)];
    expect(ids(await take(host.openPage(), 3))).toEqual([uuid(1), uuid(2), uuid(3)]);
    expect(ids(host.inbox)).toEqual([uuid(4)]);
  });

  test('removes an entry only when the body has finished', async () => {
    const host = new Host();
    host.inbox = [message(1), message(2)];
    const lengths: number[] = [];
    for await (const _ of host.openPage()) {
      await settle();
      if (lengths.push(host.inbox.length) === 2) break;
    }
    expect(lengths).toEqual([2, 1]);
  });

  test('break leaves the entry to be read again', async () => {
    const host = new Host();
    host.inbox = [message(1)];
    const mutiny = host.openPage();
    for await (const _ of mutiny) break;
    expect((await mutiny.read())?.id).toBe(uuid(1));
  });

  test('an exception in the body leaves the entry to be read again', async () => {
    const host = new Host();
    host.inbox = [message(1)];
    const mutiny = host.openPage();
    const loop = async () => {
      for await (const _ of mutiny) throw new Error('the app has a bug');
    };
    await expect(loop()).rejects.toThrow('the app has a bug');
    expect((await mutiny.read())?.id).toBe(uuid(1));
  });

  test('a page that goes away in the body reads the entry again after the reload', async () => {
    const host = new Host();
    host.inbox = [message(1), message(2)];
    const first = host.openPage()[Symbol.asyncIterator]();
    expect((await first.next()).value?.id).toBe(uuid(1));
    expect(ids(await take(host.openPage(), 1))).toEqual([uuid(1)]);
  });

  test('a page that goes away while an entry is being removed neither loses nor repeats the next one', async () => {
    const host = new Host();
    host.inbox = [message(1), message(2)];
    const first = host.openPage()[Symbol.asyncIterator]();
    await first.next();
    void first.next();
    await settle();
    host.inbox.push(message(3));
    expect(ids(await take(host.openPage(), 1))).toEqual([uuid(2)]);
  });

  test('wakes up for a message that comes later', async () => {
    const host = new Host();
    const mutiny = host.openPage();
    const taken = mutiny[Symbol.asyncIterator]().next();
    await settle();
    host.receive(message(1));
    expect((await taken).value?.id).toBe(uuid(1));
  });

  test('misses no message that comes while an empty inbox is being read', async () => {
    const host = new Host();
    const mutiny = host.openPage();
    let reads = 0;
    host.beforeAnswer = (command) => {
      if (command === 'read' && ++reads === 1) host.receive(message(1));
    };
    expect((await mutiny[Symbol.asyncIterator]().next()).value?.id).toBe(uuid(1));
  });

  test('misses no message that came before the page listened', async () => {
    const host = new Host();
    host.beforeAnswer = async (command) => {
      if (command === 'watch') host.inbox.push(message(1));
    };
    expect((await host.openPage()[Symbol.asyncIterator]().next()).value?.id).toBe(uuid(1));
  });

  test('sleeps while the inbox is empty', async () => {
    const host = new Host();
    void host.openPage()[Symbol.asyncIterator]().next();
    await settle();
    await settle();
    expect(host.calls.filter((command) => command === 'read')).toHaveLength(1);
  });

  test('two loops at once lose nothing and remove nothing that neither has seen', async () => {
    const host = new Host();
    const all = Array.from({ length: 20 }, (_, i) => message(i + 1));
    host.inbox = [...all];
    const mutiny = host.openPage();
    const seen = new Set<string>();
    const loop = async (pause: number) => {
      for await (const entry of mutiny) {
        for (let i = 0; i < pause; i += 1) await Promise.resolve();
        seen.add(entry.id);
      }
    };
    host.beforeAnswer = (command) => {
      if (command === 'next')
        expect(all.slice(0, all.length - host.inbox.length).every(({ id }) => seen.has(id))).toBe(true);
    };
    void loop(1);
    void loop(7);
    await expect.poll(() => host.inbox.length).toBe(0);
    expect([...seen]).toEqual(ids(all));
  });

  test('ends with the error when the host cannot read', async () => {
    const host = new Host();
    host.refusals['read'] = [{ code: 'Storage', message: 'The database failed.' }];
    const mutiny = host.openPage();
    await expect(mutiny[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'Storage' });
  });
});
