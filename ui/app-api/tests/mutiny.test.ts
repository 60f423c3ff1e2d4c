import { describe, expect, test } from 'vitest';
import { ana, ben, Host, uuid } from './host.ts';
import type { DeliveryEvent, JsonValue, MutinyError } from '../mutiny.d.ts';

const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('who am I', () => {
  test('instance, peer and limits', async () => {
    const mutiny = new Host().openPage();
    expect(await mutiny.instance).toMatchObject({ ...ben, label: 'Chat with work', app: { version: '1.2.3' } });
    expect(await mutiny.peer).toEqual({ id: ben.peer, name: 'Ben' });
    expect(await mutiny.limits).toEqual({ messageBytes: 1_048_576, announcementBytes: 16_384, deadline: 604_800_000 });
  });

  test('is asked once', async () => {
    const host = new Host();
    const mutiny = host.openPage();
    await Promise.all([mutiny.ready, mutiny.instance, mutiny.peer, mutiny.limits]);
    expect(host.calls.toSorted()).toEqual(['introduction', 'watch']);
  });

  test('is asked again after a failure', async () => {
    const host = new Host();
    host.refusals['introduction'] = [{ code: 'Storage', message: 'The database failed.' }];
    const mutiny = host.openPage();
    await expect(mutiny.peer).rejects.toMatchObject({ code: 'Storage', message: 'The database failed.' });
    expect(await mutiny.peer).toEqual({ id: ben.peer, name: 'Ben' });
  });

  test('a page cannot replace or change the API', () => {
    const mutiny = new Host().openPage();
    expect(Object.isFrozen(mutiny)).toBe(true);
    expect(() => Object.assign(mutiny, { send: () => {} })).toThrow(TypeError);
  });
});

describe('send', () => {
  const carried: JsonValue[] = [
    null,
    true,
    0,
    -1.5e-300,
    Number.MAX_SAFE_INTEGER,
    '',
    'مرحبا 👋🏽 \u0000 \u2028',
    [],
    {},
    { a: [1, { b: null }], '': 'empty key', ключ: 1 },
    JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toJSON": "not a function"}'),
    { __TAURI_TO_IPC_KEY__: 'no instruction', nested: [{ __TAURI_TO_IPC_KEY__: { __TAURI_TO_IPC_KEY__: 1 } }] },
    { type: 'bytes', value: 'no bytes' },
    '__CHANNEL__:1',
  ];
  test.each(carried.map((value) => [JSON.stringify(value), value] as const))(
    'carries %s exactly',
    async (text, value) => {
      const host = new Host();
      const id = await host.openPage().send(ana, value);
      expect(host.sent[0]).toMatchObject({ id, to: ana, deadline: null, body: { type: 'json' } });
      expect(JSON.stringify(host.sent[0]?.body.value)).toBe(text);
    },
  );

  const itself: unknown[] = [];
  itself.push(itself);
  const refused: [string, unknown, string][] = [
    ['undefined', undefined, 'The message is undefined'],
    ['undefined inside', { a: [1, { b: undefined }] }, 'The message["a"][1]["b"] is undefined'],
    ['a hole', [1, , 3], 'The message[1] is undefined'],
    ['a function', { f() {} }, 'The message["f"] is a function'],
    ['a symbol', [Symbol('s')], 'is a symbol'],
    ['a symbol as key', { [Symbol('s')]: 1 }, 'symbol as a key'],
    ['a bigint', 1n, 'is a bigint'],
    ['NaN', NaN, 'is NaN'],
    ['infinity', [-Infinity], 'is -Infinity'],
    ['a date', { when: new Date(0) }, 'The message["when"] is a Date'],
    ['a map', new Map(), 'is a Map'],
    ['an instance of a class', new (class Point {})(), 'is a Point'],
    ['a boxed string', [Object('x')], 'is a String'],
    ['bytes inside', { data: new Uint8Array(1) }, 'Bytes can only be a message of their own'],
    ['half a character', { s: '\ud83d' }, 'lone surrogate'],
    ['half a character as key', { ['\ud83d']: 1 }, 'lone surrogate'],
    ['a cycle', itself, 'contains itself'],
  ];
  test.each(refused)('refuses %s and says where', async (_, value, sentence) => {
    const host = new Host();
    const mutiny = host.openPage();
    const error: Error = await mutiny.send(ana, value as JsonValue).then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(mutiny.MutinyError);
    expect(error).toMatchObject({ name: 'MutinyError', code: 'InvalidArgument' });
    expect(error.message).toContain(sentence);
    expect(host.sent).toEqual([]);
  });

  test.each([
    ['a Uint8Array', () => new Uint8Array([0, 255, 128])],
    ['a part of a buffer', () => new Uint8Array([9, 0, 255, 128, 9]).subarray(1, 4)],
    ['an ArrayBuffer', () => new Uint8Array([0, 255, 128]).buffer],
    ['a DataView', () => new DataView(new Uint8Array([9, 0, 255, 128]).buffer, 1)],
  ])('carries bytes in %s', async (_, bytes) => {
    const host = new Host();
    await host.openPage().send(ana, bytes());
    expect(host.sent[0]?.body).toEqual({ type: 'bytes', value: 'AP+A' });
  });

  test('carries a mebibyte of bytes', async () => {
    const host = new Host();
    const bytes = Uint8Array.from({ length: 1_048_576 }, (_, i) => (i * 31) % 251);
    await host.openPage().send(ana, bytes);
    const text = atob(host.sent[0]?.body.value as string);
    expect(text).toHaveLength(bytes.length);
    expect(bytes.every((byte, i) => text.charCodeAt(i) === byte)).toBe(true);
  });

  test('takes the message as it is at the moment of the call', async () => {
    const host = new Host();
    const draft = { text: 'before' };
    const sent = host.openPage().send(ana, draft);
    draft.text = 'after';
    await sent;
    expect(host.sent[0]?.body.value).toEqual({ text: 'before' });
  });

  test('leaves the host time for others: 64 messages are with it at a time, and all come in order', async () => {
    const host = new Host();
    const mutiny = host.openPage();
    let [withHost, most] = [0, 0];
    host.beforeAnswer = async (command) => {
      if (command !== 'send') return;
      most = Math.max(most, ++withHost);
      await settle();
      withHost--;
    };
    // One of them fails, which gives its place to the next as well.
    host.refusals['send'] = [{ code: 'QuotaExceeded', message: 'The outbox is full.' }];
    const numbers = Array.from({ length: 1000 }, (_, n) => n);
    const ends = await Promise.allSettled(numbers.map((n) => mutiny.send(ana, n)));
    expect(ends.map(({ status }) => status)).toEqual(numbers.map((n) => (n === 0 ? 'rejected' : 'fulfilled')));
    expect(host.sent.map(({ body }) => body)).toEqual(numbers.slice(1).map((value) => ({ type: 'json', value })));
    expect(most).toBe(64);
  });

  test('takes nothing from an address but its two parts', async () => {
    const host = new Host();
    await host.openPage().send({ ...ana, name: 'Ana' } as typeof ana, 1);
    expect(host.sent[0]?.to).toEqual(ana);
  });

  test.each([
    ['nothing', undefined, 'address'],
    ['a peer id alone', ana.peer, 'address'],
    ['someone who has not accepted yet', { peer: ana.peer, instance: null }, 'not accepted'],
    ['an instance that is none', { peer: ana.peer, instance: 'chat' }, 'not an id'],
  ])('refuses %s as an address', async (_, to, sentence) => {
    const error = new Host().openPage().send(to as never, 1);
    await expect(error).rejects.toMatchObject({ code: 'InvalidArgument', message: expect.stringContaining(sentence) });
  });

  test('hands on the deadline in whole milliseconds', async () => {
    const host = new Host();
    await host.openPage().send(ana, 1, { deadline: 1500.2 });
    expect(host.sent[0]?.deadline).toBe(1501);
  });

  test.each([0, -1, NaN, Infinity, '1000', null])('refuses %s as a deadline', async (deadline) => {
    const sent = new Host().openPage().send(ana, 1, { deadline: deadline as number });
    await expect(sent).rejects.toMatchObject({ code: 'InvalidArgument' });
  });

  test('rejects with the code and the sentence of the host', async () => {
    const host = new Host();
    host.refusals['send'] = [{ code: 'TooLarge', message: 'Send it in parts.' }];
    await expect(host.openPage().send(ana, 1)).rejects.toMatchObject({
      code: 'TooLarge',
      message: 'Send it in parts.',
    });
  });
});

describe('errors', () => {
  const refusal = async (reason: unknown, command = 'peers') => {
    const host = new Host();
    host.refusals[command] = [reason];
    const mutiny = host.openPage();
    const call = command === 'peers' ? mutiny.peers() : mutiny.invitations();
    return call.then(
      () => expect.unreachable(),
      (error: unknown) => error as MutinyError,
    );
  };

  test('show their code wherever they are shown', async () => {
    const error = await refusal({ code: 'TooLarge', message: 'Send it in parts.' });
    expect(`${error}`).toBe('MutinyError [TooLarge]: Send it in parts.');
    expect(error.stack).toMatch(/^MutinyError \[TooLarge\]: Send it in parts\.\n +at /);
    expect(error).toMatchObject({ name: 'MutinyError', code: 'TooLarge', message: 'Send it in parts.' });
  });

  test.each([
    [
      'Command plugin:instance|peers not allowed by ACL',
      'PermissionDenied',
      'does not take mutiny.peers() from this page',
    ],
    ["only an app's own window may call this", 'PermissionDenied', 'call it from there'],
    ['invalid args `peer` for command `peers`: not a string', 'InvalidArgument', 'no sense of “peer” (not a string)'],
    ['Command peers not found', 'Internal', 'Update Mutiny'],
    ['instance.peers not allowed. Command not found', 'Internal', 'Update Mutiny'],
    ['state not managed for field `host` on command `peers`', 'Stopped', 'Mutiny is closing'],
    [new TypeError('Load failed'), 'Stopped', 'Mutiny is closing'],
    ['something odd', 'Internal', 'The host failed at mutiny.peers(): something odd. This is a mistake of Mutiny'],
  ])('of the bridge (%s) have a code, the cause, and what to do', async (reason, code, words) => {
    const error = await refusal(reason);
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(error.message).toMatch(/^[A-Zm].*\.$/);
    expect(error.cause).toBe(reason);
  });

  test('name what the app called, not what the host calls it', async () => {
    expect((await refusal('odd', 'correspondents')).message).toContain('mutiny.invitations()');
  });
});

describe('people', () => {
  test('peers and invitations are what the host says', async () => {
    const host = new Host();
    host.correspondents = [{ peer: ana.peer, instance: null, name: 'Ana', online: true, version: null }];
    const mutiny = host.openPage();
    expect(await mutiny.peers()).toEqual(host.peers);
    expect(await mutiny.invitations()).toEqual(host.correspondents);
  });

  test('invite names a peer', async () => {
    const host = new Host();
    const mutiny = host.openPage();
    expect(await mutiny.invite(ana.peer)).toEqual({ id: ana.peer, name: 'Ana' });
    expect(host.invited).toEqual([ana.peer]);
    await expect(mutiny.invite(undefined as never)).rejects.toMatchObject({ code: 'InvalidArgument' });
    await expect(mutiny.invite('')).rejects.toMatchObject({ code: 'InvalidArgument' });
  });

  test('invite without a name lets the person choose, and says whom', async () => {
    const host = new Host();
    const mutiny = host.openPage();
    expect(await mutiny.invite()).toEqual({ id: ana.peer, name: 'Ana' });
    expect(host.invited).toEqual([ana.peer]);
    host.choice = null;
    expect(await mutiny.invite()).toBeNull();
    expect(host.invited).toEqual([ana.peer]);
  });

  test('announce says one value, or none any more', async () => {
    const host = new Host();
    const mutiny = host.openPage();
    expect(await mutiny.announce({ nickname: 'Al' })).toBeUndefined();
    expect(host.announced).toEqual({ nickname: 'Al' });
    await mutiny.announce(null);
    expect(host.announced).toBeNull();
    await expect(mutiny.announce(undefined as never)).rejects.toMatchObject({
      code: 'InvalidArgument',
      message: 'The announcement is undefined, which JSON cannot express.',
    });
  });

  test('announcements are what the host says', async () => {
    const host = new Host();
    host.announcements = [{ from: ana, name: 'Ana', version: '1.0.0', data: { nickname: 'Al' }, correspondent: true }];
    expect(await host.openPage().announcements()).toEqual(host.announcements);
  });

  test('status asks for one message', async () => {
    const mutiny = new Host().openPage();
    expect(await mutiny.status(uuid(1))).toEqual({ state: 'queued', online: false, nextTry: null });
    await expect(mutiny.status('1')).rejects.toMatchObject({ code: 'InvalidArgument' });
  });
});

describe('save', () => {
  test.each([
    ['a blob', new Blob([Uint8Array.of(1, 2)])],
    ['bytes', Uint8Array.of(1, 2)],
    ['a part of a buffer', Uint8Array.of(0, 1, 2, 3).subarray(1, 3)],
    ['a buffer', Uint8Array.of(1, 2).buffer],
  ])('%s', async (_, data) => {
    const host = new Host();
    expect(await host.openPage().save('Übersicht 1.txt', data)).toBe(true);
    expect(host.saved).toEqual([{ name: 'Übersicht 1.txt', bytes: [1, 2] }]);
  });

  test.each([
    ['text', 'notes.txt', 'Milk', 'InvalidArgument'],
    ['no name', undefined, new Blob(['Milk']), 'InvalidArgument'],
    ['too much', 'notes.txt', { __proto__: Blob.prototype, size: 2 ** 30 }, 'TooLarge'],
  ])('refuses %s', async (_, name, data, code) => {
    const host = new Host();
    await expect(host.openPage().save(name as string, data as Blob)).rejects.toMatchObject({ code });
    expect(host.calls).not.toContain('save');
  });
});

describe('notify', () => {
  test('hands over what it reads, and says whether it was shown', async () => {
    const host = new Host();
    const mutiny = host.openPage();
    expect(await mutiny.notify({ title: 'Ana', text: 'Your move' })).toBe(true);
    expect(await mutiny.notify({ text: 'Your move' })).toBe(true);
    expect(host.notified).toMatchObject([
      { title: 'Ana', text: 'Your move' },
      { title: null, text: 'Your move' },
    ]);
  });

  test.each([[undefined], ['text'], [{}], [{ text: 5 }], [{ title: 5, text: 'x' }]])('refuses %j', async (nonsense) => {
    const host = new Host();
    const asked = host.openPage().notify(nonsense as never);
    await expect(asked).rejects.toMatchObject({ code: 'InvalidArgument' });
    expect(host.notified).toEqual([]);
  });
});

describe('events', () => {
  /** A page that notes down what it is told. */
  const listen = async (host: Host) => {
    const mutiny = host.openPage();
    await mutiny.ready;
    const heard: string[] = [];
    const note = (event: Event) => heard.push(event.type === 'delivery' ? (event as DeliveryEvent).id : event.type);
    const stops = (['message', 'delivery', 'peer', 'invitation'] as const).map((type) => mutiny.on(type, note));
    return { mutiny, heard, note, stop: () => stops.forEach((stop) => stop()) };
  };

  test('reach the page in the order of the channel, whatever order they arrive in', async () => {
    const host = new Host();
    const { heard } = await listen(host);
    host.emitRaw({ index: 2, message: { type: 'message' } });
    host.emitRaw({ index: 1, message: { type: 'invitation' } });
    expect(heard).toEqual([]);
    host.emitRaw({ index: 0, message: { type: 'peer' } });
    expect(heard).toEqual(['peer', 'invitation', 'message']);
  });

  test('the channel is forgotten when the host has let go of it, after the last message', async () => {
    const host = new Host();
    const { heard } = await listen(host);
    host.emitRaw({ index: 1, end: true });
    expect(host.callbacks.size).toBe(1);
    host.emitRaw({ index: 0, message: { type: 'peer' } });
    expect(heard).toEqual(['peer']);
    expect(host.callbacks.size).toBe(0);
  });

  test('a listener can be taken away', async () => {
    const host = new Host();
    const { mutiny, heard, note, stop } = await listen(host);
    stop();
    mutiny.addEventListener('peer', note);
    host.emit({ type: 'peer' });
    mutiny.removeEventListener('peer', note);
    host.emit({ type: 'peer' });
    expect(heard).toEqual(['peer']);
  });

  test('a delivery says which message and how it ended', async () => {
    const host = new Host();
    const mutiny = host.openPage();
    await mutiny.ready;
    const delivered = new Promise<DeliveryEvent>((resolve) => mutiny.on('delivery', resolve));
    host.emit({ type: 'delivery', id: uuid(1), state: 'failed', reason: 'expired', outcome: 'unknown' });
    expect(await delivered).toMatchObject({ id: uuid(1), state: 'failed', reason: 'expired', outcome: 'unknown' });
    const next = new Promise<DeliveryEvent>((resolve) => mutiny.on('delivery', resolve));
    host.emit({ type: 'delivery', id: uuid(2), state: 'delivered' });
    expect(await next).toMatchObject({ id: uuid(2), state: 'delivered', reason: null, outcome: null });
  });

  test('word of a delivery never overtakes the id of the message', async () => {
    const host = new Host();
    const { mutiny, heard } = await listen(host);
    host.beforeAnswer = async (command) => {
      if (command !== 'send') return;
      host.emit({ type: 'delivery', id: host.sent[0]?.id ?? '', state: 'delivered' });
      await settle();
    };
    const id = await mutiny.send(ana, 1);
    expect(heard).toEqual([]);
    await expect.poll(() => heard).toEqual([id]);
  });

  test('go on after a reload', async () => {
    const host = new Host();
    const before = await listen(host);
    const after = await listen(host);
    host.emit({ type: 'peer' });
    expect(before.heard).toEqual([]);
    expect(after.heard).toEqual(['peer']);
  });
});
