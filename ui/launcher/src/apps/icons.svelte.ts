/** The icons that apps bring along: read once for each instance and content, as they are asked for. */

import { SvelteMap } from 'svelte/reactivity';
import type { Instance } from '../../../bindings/core';
import { host } from '../host';

const asked = new Set<string>();
const known = new SvelteMap<string, string | null>();

const key = ({ id, app }: Instance) => `${id} ${app.hash}`;

/** An instance's own icon: `undefined` until that is known, `null` where it has none. */
export function iconOf(instance: Instance): string | null | undefined {
  const wanted = key(instance);
  if (!asked.has(wanted)) {
    asked.add(wanted);
    // Where it cannot be read, the made-up one does.
    host.appIcon(instance.id).then(
      (icon) => known.set(wanted, icon),
      () => known.set(wanted, null),
    );
  }
  return known.get(wanted);
}
