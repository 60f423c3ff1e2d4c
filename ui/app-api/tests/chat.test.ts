// The conversations of apps/chat, over the real script and a host in miniature.

import { beforeEach, describe, expect, test } from 'vitest';
import { Chat } from '../../../apps/chat/chat.js';
import { look } from '../../../apps/chat/face.js';
import type { History, Message } from '../../../apps/chat/history.js';
import { Notices } from '../../../apps/chat/notices.js';
import { keyOf, listPeople } from '../../../apps/chat/people.js';
import { face } from '../../launcher/src/face.ts';
import { ana, Host, uuid } from './host.ts';

const settle = () => new Promise((resolve) => setTimeout(resolve));

/** A history that outlives the page, as IndexedDB does. */
class Shelf implements History {
  messages = new Map<string, Message>();
  /** Rejections for the next changes. */
  refusals: Error[] = [];

  async all() {
    return structuredClone([...this.messages.values()].sort((a, b) => a.order - b.order));
  }

  async put(message: Message) {
    const copy = structuredClone(message);
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    this.messages.set(JSON.stringify([copy.with, copy.author, copy.key]), copy);
  }
}

const withAna = keyOf(ana);
let host: Host;
let shelf: Shelf;
let arrivals: number;

beforeEach(() => {
  host = new Host();
  host.correspondents = [{ ...ana, name: 'Ana', online: true, version: null }];
  shelf = new Shelf();
  arrivals = 0;
});

/** Loads the page. What went before is gone, wherever it stood. */
const load = async () => {
  const chat = new Chat(host.openPage(), shelf);
  chat.addEventListener('change', (event) => {
    if ((event as CustomEvent).detail.arrived) arrivals += 1;
  });
  await chat.start();
  const received = chat.receive();
  received.catch(() => {});
  await settle();
  return { chat, received, texts: () => chat.messages(withAna).map(({ text }) => text) };
};

let entries = 0;
const fromAna = (value: unknown) =>
  ({
    kind: 'message',
    id: uuid(++entries),
    from: ana,
    sent: 1_700_000_000_000,
    body: { type: 'json', value },
  }) as never;

const only = (chat: Chat) => {
  expect(chat.messages(withAna)).toHaveLength(1);
  return chat.messages(withAna)[0] as Message;
};

describe('an own message', () => {
  test('goes from sending to queued to delivered', async () => {
    const { chat } = await load();
    chat.say(withAna, 'Hello');
    expect(only(chat).state).toBe('sending');
    await expect.poll(() => only(chat).state).toBe('queued');
    expect(host.sent).toMatchObject([{ to: ana, body: { value: { key: only(chat).key, text: 'Hello' } } }]);
    host.end(host.sent[0]!.id, { state: 'delivered' });
    await expect.poll(() => only(chat).state).toBe('delivered');
  });

  test('says in words why it failed', async () => {
    const { chat } = await load();
    chat.say(withAna, 'Hello');
    await expect.poll(() => host.sent.length).toBe(1);
    const notice = { id: uuid(77), message: host.sent[0]!.id, to: ana, reason: 'expired', outcome: 'unknown' } as const;
    host.receive({ kind: 'failure', ...notice });
    await expect.poll(() => only(chat).state).toBe('failed');
    expect(only(chat).problem).toBe('Ana did not come online in time. It may have arrived all the same.');
    await expect.poll(() => host.inbox).toEqual([]);
    expect(only((await load()).chat)).toMatchObject({ state: 'failed', problem: only(chat).problem });
  });

  test('that the host refuses shows the sentence of the host, and can be tried again', async () => {
    const { chat } = await load();
    host.refusals['send'] = [{ code: 'QuotaExceeded', message: 'Too much is waiting.' }];
    chat.say(withAna, 'Hello');
    await expect.poll(() => only(chat)).toMatchObject({ state: 'failed', problem: 'Too much is waiting.' });
    chat.again(only(chat));
    await expect.poll(() => only(chat).state).toBe('queued');
    expect(only(chat).problem).toBeUndefined();
  });

  test('goes out at the next start if the page went away before the host had it', async () => {
    const before = await load();
    host.beforeAnswer = (command) => (command === 'send' ? new Promise(() => {}) : undefined);
    before.chat.say(withAna, 'Hello');
    await expect.poll(() => host.sent.length).toBe(1);
    host.beforeAnswer = () => {};
    const { chat } = await load();
    await expect.poll(() => only(chat).state).toBe('queued');
    expect(new Set(host.sent.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  test('goes out at the next start if the host was closing', async () => {
    const before = await load();
    host.refusals['send'] = [{ code: 'Stopped', message: 'Mutiny is closing.' }];
    before.chat.say(withAna, 'Hello');
    await settle();
    expect(only(before.chat).state).toBe('sending');
    const { chat } = await load();
    await expect.poll(() => only(chat).state).toBe('queued');
  });

  test('learns at the next start what became of it meanwhile', async () => {
    const before = await load();
    before.chat.say(withAna, 'Hello');
    await expect.poll(() => [...shelf.messages.values()][0]?.state).toBe('queued');
    host.states.set(host.sent[0]!.id, { state: 'delivered' });
    const { chat } = await load();
    await expect.poll(() => only(chat).state).toBe('delivered');
    expect(host.sent).toHaveLength(1);
  });

  test('learns at the next start why it failed meanwhile', async () => {
    const before = await load();
    before.chat.say(withAna, 'Hello');
    await expect.poll(() => [...shelf.messages.values()][0]?.state).toBe('queued');
    host.states.set(host.sent[0]!.id, { state: 'failed', reason: 'blocked', outcome: 'not-delivered' });
    const { chat } = await load();
    await expect.poll(() => only(chat).problem).toBe('Ana does not take messages from you.');
  });

  test('that the host knows nothing of any more is not shown as waiting for ever', async () => {
    const before = await load();
    before.chat.say(withAna, 'Hello');
    await expect.poll(() => [...shelf.messages.values()][0]?.state).toBe('queued');
    host.refusals['status'] = [{ code: 'UnknownMessage', message: '…' }];
    const { chat } = await load();
    await expect.poll(() => only(chat).state).toBe('failed');
  });

  test('keeps its place', async () => {
    const { chat, texts } = await load();
    for (const text of ['one', 'two', 'three']) chat.say(withAna, text);
    await expect.poll(() => host.sent.length).toBe(3);
    expect(host.sent.map(({ body }) => (body.value as { text: string }).text)).toEqual(['one', 'two', 'three']);
    expect(texts()).toEqual(['one', 'two', 'three']);
    await settle();
    expect((await load()).texts()).toEqual(['one', 'two', 'three']);
  });
});

describe('a message from the other side', () => {
  test('is shown, kept and taken from the inbox', async () => {
    const { texts } = await load();
    host.receive(fromAna({ key: 'a', text: 'Hello' }), fromAna({ key: 'b', text: 'Ben' }));
    await expect.poll(() => host.inbox).toEqual([]);
    expect(texts()).toEqual(['Hello', 'Ben']);
    expect((await load()).texts()).toEqual(['Hello', 'Ben']);
  });

  test('that was kept but not taken before a crash is shown once', async () => {
    await load();
    host.refusals['next'] = [{ code: 'Stopped', message: 'Mutiny is closing.' }];
    host.receive(fromAna({ key: 'a', text: 'Hello' }));
    await expect.poll(() => shelf.messages.size).toBe(1);
    expect(host.inbox).toHaveLength(1);
    const { texts } = await load();
    await expect.poll(() => host.inbox).toEqual([]);
    expect(texts()).toEqual(['Hello']);
    expect(arrivals).toBe(1);
  });

  test('that cannot be kept stays in the inbox until it can', async () => {
    shelf.refusals = [new Error('The disk is full.')];
    host.inbox = [fromAna({ key: 'a', text: 'Hello' })];
    const { chat, received, texts } = await load();
    await expect(received).rejects.toThrow('The disk is full.');
    expect(texts()).toEqual([]);
    expect(host.inbox).toHaveLength(1);
    void chat.receive();
    await expect.poll(texts).toEqual(['Hello']);
  });

  test('that is sent twice by its author is shown once', async () => {
    const { texts } = await load();
    host.receive(fromAna({ key: 'a', text: 'Hello' }), fromAna({ key: 'a', text: 'Hello' }));
    await expect.poll(() => host.inbox).toEqual([]);
    expect(texts()).toEqual(['Hello']);
  });

  test('cannot pass for one of another conversation, or for an own one', async () => {
    const { chat, texts } = await load();
    chat.say(withAna, 'mine');
    const cleo = { peer: '12D3KooWCleo', instance: uuid(9003) };
    const { key } = only(chat);
    host.receive(fromAna({ key, text: 'hers' }), {
      ...(fromAna({ key, text: 'theirs' }) as object),
      from: cleo,
    } as never);
    await expect.poll(() => host.inbox).toEqual([]);
    expect(texts()).toEqual(['mine', 'hers']);
    expect(chat.messages(keyOf(cleo)).map(({ text }) => text)).toEqual(['theirs']);
    expect(chat.people.map((person) => person.key)).toContain(keyOf(cleo));
  });

  test.each([null, 'text', 7, [], {}, { text: 1 }, { key: 'x'.repeat(65) }])(
    'that is %j is shown as unknown',
    async (value) => {
      const { chat } = await load();
      host.receive(fromAna(value));
      await expect.poll(() => host.inbox).toEqual([]);
      expect(only(chat)).toMatchObject({ text: null, key: uuid(entries) });
    },
  );
});

describe('a nickname', () => {
  test('is announced as one line, and withdrawn when it is empty', async () => {
    const { chat } = await load();
    expect(await chat.call(' Captain\u202e\n')).toBe('Captain');
    expect(host.announced).toEqual({ nickname: 'Captain' });
    await chat.call('  ');
    expect(host.announced).toBeNull();
  });

  test('of somebody stands beside their name, whatever they announce', async () => {
    const { chat } = await load();
    const announce = (data: never) => {
      host.announcements = [{ from: ana, name: 'Ana', version: '1.0.0', data, correspondent: true }];
      host.emit({ type: 'announcement' });
    };
    announce({ nickname: 'Captain' } as never);
    await expect.poll(() => chat.people).toMatchObject([{ name: 'Ana', nickname: 'Captain' }]);
    for (const odd of [null, 'text', 7, {}, { nickname: 7 }, { nickname: '\n' }]) {
      announce(odd as never);
      await expect.poll(() => chat.people).toMatchObject([{ name: 'Ana', nickname: '' }]);
    }
  });
});

describe('people', () => {
  test('wait until they accept, and are connected then', () => {
    const correspondents = [
      { peer: 'P2', instance: null, name: 'Ana', online: false, version: null },
      { peer: 'P1', instance: uuid(1), name: 'Zoe', online: true, version: '0.1.0' },
    ];
    expect(listPeople(correspondents, []).map(({ name, state, online }) => [name, state, online])).toEqual([
      ['Zoe', 'connected', true],
      ['Ana', 'waiting', false],
    ]);
  });

  test('stay readable when the host has forgotten them', () => {
    const people = listPeople([], ['12D3KooWSomebody/' + uuid(1)]);
    expect(people).toMatchObject([{ name: '12D3KooW…body', state: 'connected', online: false }]);
  });

  test('are chosen by the person; Chat learns who it is', async () => {
    host.correspondents = [];
    const { chat } = await load();
    host.correspondents = [{ peer: ana.peer, instance: null, name: 'Ana', online: true, version: null }];
    expect(await chat.invite()).toBe(ana.peer);
    expect(chat.people).toMatchObject([{ peer: ana.peer, state: 'waiting' }]);
    host.choice = null;
    expect(await chat.invite()).toBeNull();
    expect(host.calls).not.toContain('peers');
  });

  test('are read anew when somebody comes or accepts', async () => {
    host.correspondents = [{ peer: ana.peer, instance: null, name: 'Ana', online: true, version: null }];
    const { chat } = await load();
    expect(chat.people).toMatchObject([{ key: ana.peer, state: 'waiting' }]);
    host.correspondents = [{ ...ana, name: 'Ana', online: true, version: null }];
    host.emit({ type: 'invitation' });
    await expect.poll(() => chat.people).toMatchObject([{ key: withAna, state: 'connected' }]);
  });
});

test('a person looks the same in the chat as in the launcher', () => {
  for (let n = 0; n < 200; n++) {
    const id = `12D3KooW${n}`;
    expect(look(id)).toEqual(face(id));
  }
});

describe('notifications', () => {
  const opened = () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    return new Notices(host.openPage(), storage);
  };
  const denied = { code: 'PermissionDenied', message: '…' };

  test('are shown to nobody who does not want them', async () => {
    await opened().tell({ name: 'Ana' }, 'Hello');
    expect(host.calls).not.toContain('notify');
  });

  test('say who writes, and what', async () => {
    const notices = opened();
    expect(await notices.begin()).toBe('on');
    await notices.tell({ name: 'Ana', nickname: 'Captain' }, 'Hello');
    await notices.tell({ name: 'Ana' }, null);
    await notices.tell(undefined, 'Who am I?');
    expect(host.notified.slice(1)).toMatchObject([
      { title: 'Ana “Captain”', text: 'Hello' },
      { title: 'Ana', text: 'Something that this version of Chat cannot show.' },
      { title: 'Someone', text: 'Who am I?' },
    ]);
    notices.end();
    await notices.tell({ name: 'Ana' }, 'Hello');
    expect(host.notified).toHaveLength(4);
  });

  test('are given up where the person says no, then or later', async () => {
    const notices = opened();
    host.refusals['notify'] = [denied];
    expect(await notices.begin()).toBe('refused');
    expect(notices.wanted).toBe(false);

    expect(await notices.begin()).toBe('on');
    const heard = new Promise((resolve) =>
      notices.addEventListener('change', (event) => resolve((event as CustomEvent).detail)),
    );
    host.refusals['notify'] = [denied];
    await notices.tell({ name: 'Ana' }, 'Hello');
    expect(await heard).toBe('refused');
    expect(notices.wanted).toBe(false);
  });

  test('are still wanted where the host could not show one', async () => {
    const notices = opened();
    await notices.begin();
    host.refusals['notify'] = [{ code: 'Storage', message: '…' }];
    await notices.tell({ name: 'Ana' }, 'Hello');
    expect(notices.wanted).toBe(true);
  });
});
