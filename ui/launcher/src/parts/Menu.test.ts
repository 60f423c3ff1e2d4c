// @vitest-environment happy-dom

import { Folder } from 'lucide';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** What draws menus has hundreds of modules. */
const TIME = { timeout: 60_000 };

let leave: () => Promise<void>;

const button = () => document.querySelector<HTMLButtonElement>('button[aria-haspopup="menu"]')!;
const entries = () => [...document.querySelectorAll('[role="menuitem"]')].map((it) => it.textContent.trim());
const press = () =>
  button().dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, button: 0, pointerType: 'mouse' }));
const pressKey = (key: string) =>
  button().dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, key }));

vi.setConfig({ testTimeout: TIME.timeout });

beforeEach(async () => {
  // What draws menus is not there yet.
  vi.resetModules();
  const { createRawSnippet, mount, unmount } = await import('svelte');
  const { default: Menu } = await import('./Menu.svelte');
  const children = createRawSnippet(() => ({ render: () => '<span>Add app</span>' }));
  const groups = [{ entries: [{ picture: Folder, words: 'From a folder', act: () => {} }] }];
  const menu = mount(Menu, { target: document.body, props: { kind: '', groups, children } });
  leave = () => unmount(menu);
});

afterEach(() => leave());

test('a click in the middle of which another button takes its place opens the menu', async () => {
  const before = button();
  press();
  await vi.waitUntil(() => button() !== before, TIME);
  button().dispatchEvent(new PointerEvent('pointerup', { bubbles: true, button: 0, pointerType: 'mouse' }));
  await vi.waitUntil(() => entries().length > 0, TIME);
  expect(entries()).toEqual(['From a folder']);
});

test.each(['Enter', ' ', 'ArrowDown'])('the key “%s” opens it as well', async (key) => {
  pressKey(key);
  await vi.waitUntil(() => entries().length > 0, TIME);
  expect(entries()).toEqual(['From a folder']);
});

test('what draws menus takes the place of a button that nobody pressed, and opens nothing', async () => {
  const before = button();
  const { load } = await import('./menus.svelte');
  await load();
  await vi.waitUntil(() => button() !== before, TIME);
  expect(entries()).toEqual([]);
});
