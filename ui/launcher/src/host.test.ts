import { mockIPC } from '@tauri-apps/api/mocks';
import { expect, test } from 'vitest';
import { me } from '../dev/people';
import { host } from './host';

test('what was asked for early is read once, and then asked for anew', async () => {
  Object.assign(globalThis, { window: globalThis });
  const [ana, ben] = [me({ name: 'Ana' }), me({ name: 'Ben' })];
  mockIPC((command) => (command === 'plugin:launcher|me' ? ben : null));
  globalThis.asked = new Map([['me', Promise.resolve(ana)]]);
  expect(await host.me()).toEqual(ana);
  expect(await host.me()).toEqual(ben);
});

test('nothing has to be asked for early', async () => {
  Object.assign(globalThis, { window: globalThis, asked: undefined });
  const ana = me();
  mockIPC(() => ana);
  expect(await host.me()).toEqual(ana);
});
