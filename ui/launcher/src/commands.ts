/** Calls to the host. What a command takes and gives is generated from the command itself: see ui/bindings/commands.ts. */

import { invoke, type InvokeArgs } from '@tauri-apps/api/core';

/** Calls the commands of a plugin, which `Commands` has by name. */
export function caller<Commands extends Record<keyof Commands, (args: never) => unknown>>(plugin: string) {
  return <Name extends keyof Commands & string>(
    name: Name,
    ...[args]: Parameters<Commands[Name]>
  ): Promise<ReturnType<Commands[Name]>> => invoke(`plugin:${plugin}|${name}`, args as InvokeArgs | undefined);
}
