import { mockIPC } from '@tauri-apps/api/mocks';
import { expect, expectTypeOf, test } from 'vitest';
import type { LauncherCommands } from '../../bindings/commands';
import type { Me } from '../../bindings/core';
import { caller } from './commands';

const call = caller<LauncherCommands>('launcher');

test('a call reaches the command of its plugin, and has its types', async () => {
  Object.assign(globalThis, { window: globalThis });
  mockIPC((command, args) => [command, args]);
  const renamed = call('rename_peer', { id: '12D3', name: 'Ana' });
  expectTypeOf(renamed).toEqualTypeOf<Promise<void>>();
  expect(await renamed).toEqual(['plugin:launcher|rename_peer', { id: '12D3', name: 'Ana' }]);
  const me = call('me');
  expectTypeOf(me).toEqualTypeOf<Promise<Me>>();
  await me;
});

test('what no command takes is no call', () => {
  // Never run: the compiler has to refuse each.
  void (() => [
    // @ts-expect-error there is no such command
    call('fly'),
    // @ts-expect-error an argument is missing
    call('rename_peer', { id: '12D3' }),
    // @ts-expect-error arguments are missing
    call('rename_peer'),
    // @ts-expect-error it takes none
    call('me', { id: '12D3' }),
    // @ts-expect-error its arguments are written like this: olderToo
    call('update_app', { id: '12D3', place: '/', older_too: true }),
  ]);
});
