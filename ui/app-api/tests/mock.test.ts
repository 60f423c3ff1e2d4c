// The mock, as pages in a plain browser have it: each tab is a person, and the tabs of one origin find each other.

import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import build from '../../../src-tauri/build.rs?raw';
import commands from '../commands.d.ts?raw';
import type { Entry, Mutiny } from '../mutiny.d.ts';
import type { MockOptions } from '../mock/index.d.ts';

let mock: typeof import('../mock/index.js');

beforeAll(async () => {
  // The mock runs the script that the host injects, as the package has it.
  await import(/* @vite-ignore */ new URL('../scripts/prepack.js', import.meta.url).href);
  mock = await import('../mock/index.js');
});

const channels: BroadcastChannel[] = [];
const close: (() => void)[] = [];

afterEach(() => {
  for (const leave of close.splice(0)) leave();
  for (const channel of channels.splice(0)) channel.close();
  vi.unstubAllGlobals();
});

/** A tab in which somebody opens the page, and the function that closes it. */
const openTab = (name: string, options?: MockOptions) => {
  const window: { mutiny?: Mutiny } = {};
  let leave = () => {};
  vi.stubGlobal('window', window);
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) => {
    if (type === 'pagehide') leave = listener;
  });
  vi.stubGlobal(
    'BroadcastChannel',
    class extends BroadcastChannel {
      constructor(channel: string) {
        super(channel);
        channels.push(this);
      }
    },
  );
  mock.mockPage(name, options);
  close.push(leave);
  if (!window.mutiny) throw new Error('the page got no API');
  return { mutiny: window.mutiny, leave };
};

const take = async (mutiny: Mutiny): Promise<Entry> => {
  for await (const entry of mutiny) {
    await mutiny.next(entry.id);
    return entry;
  }
  throw new Error('the inbox ended');
};

test('two tabs find each other, and talk', async () => {
  const ana = openTab('Ana');
  const ben = openTab('Ben');
  const everybody = () => ana.mutiny.peers();
  await expect.poll(everybody).toEqual([{ id: (await ben.mutiny.peer).id, name: 'Ben', online: true }]);
  expect(await ana.mutiny.invite()).toMatchObject({ name: 'Ben' });
  await expect.poll(() => ana.mutiny.invitations()).toMatchObject([{ name: 'Ben', instance: expect.any(String) }]);

  const [to] = await ana.mutiny.invitations();
  const id = await ana.mutiny.send(await ben.mutiny.instance, { text: 'Hello' });
  expect(await take(ben.mutiny)).toMatchObject({ kind: 'message', id, data: { text: 'Hello' } });
  expect(to?.instance).toBe((await ben.mutiny.instance).instance);
  await expect.poll(() => ana.mutiny.status(id)).toEqual({ state: 'delivered' });
});

test('a tab that was closed is somebody who went, and messages to them wait', async () => {
  const ana = openTab('Ana');
  const ben = openTab('Ben');
  await ana.mutiny.invite((await ben.mutiny.peer).id);
  await expect.poll(() => ana.mutiny.invitations()).toMatchObject([{ online: true, instance: expect.any(String) }]);
  const address = await ben.mutiny.instance;
  ben.leave();
  await expect.poll(() => ana.mutiny.invitations()).toMatchObject([{ online: false }]);
  const queued = { state: 'queued', online: false, nextTry: null };
  expect(await ana.mutiny.status(await ana.mutiny.send(address, 1))).toEqual(queued);
  const late = await ana.mutiny.send(address, 2, { deadline: 1 });
  const expired = { state: 'failed', reason: 'expired', outcome: 'not-delivered' };
  await expect.poll(() => ana.mutiny.status(late)).toEqual(expired);
});

test('in Mutiny itself it does nothing', () => {
  const mutiny = {};
  const window = { mutiny };
  vi.stubGlobal('window', window);
  mock.mockPage('Ana');
  expect(window.mutiny).toBe(mutiny);
});

test('what an app saves is downloaded in a browser', async () => {
  const link = { click: vi.fn(), href: '', download: '' };
  vi.stubGlobal('document', { createElement: () => link });
  const { mutiny } = openTab('Ana');
  expect(await mutiny.save('Übersicht.txt', new Blob(['Milk']))).toBe(true);
  expect(link.click).toHaveBeenCalledOnce();
  expect(link.download).toBe('Übersicht.txt');
  expect(await (await fetch(link.href)).text()).toBe('Milk');
});

test('what an app saves goes where a test says', async () => {
  const saved: [string, string][] = [];
  const save = (name: string, bytes: Uint8Array) => saved.push([name, new TextDecoder().decode(bytes)]) < 2;
  const { mutiny } = openTab('Ana', { save });
  expect(await mutiny.save('a.txt', new Blob(['Milk']))).toBe(true);
  expect(await mutiny.save('b.txt', new TextEncoder().encode('Bread'))).toBe(false);
  expect(saved).toEqual([
    ['a.txt', 'Milk'],
    ['b.txt', 'Bread'],
  ]);
});

test('a page of the mock knows all that a page of the host knows of itself', async () => {
  const { mutiny } = openTab('Ana', { app: 'org.example.chat', version: '2.0.0' });
  expect(await mutiny.instance).toEqual({
    peer: expect.stringMatching(/^mock-/),
    instance: expect.any(String),
    label: 'org.example.chat',
    app: {
      id: 'org.example.chat',
      name: 'org.example.chat',
      version: '2.0.0',
      description: null,
      hash: 'sha256-mock',
      accepts: 'invited',
      permissions: ['peers', 'notifications'],
    },
  });
});

test('the commands of script and mock are those of the host', () => {
  const list = /const INSTANCE: [^=]*= &\[([^\]]*)\]/.exec(build)?.[1] ?? '';
  const ofHost = [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name);
  const typed = /interface Commands \{([^]*?)\n\}/.exec(commands)?.[1] ?? '';
  const ofScript = [...typed.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
  expect(ofHost.length).toBeGreaterThan(10);
  expect(ofScript.toSorted()).toEqual(ofHost.toSorted());
});
