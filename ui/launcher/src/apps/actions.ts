/** What can be done with apps, and what is told about it. */

import type { Instance } from '../../../bindings/core';
import { host } from '../host';
import { errorView } from '../errors';
import { attempt, tell, tellProblem } from '../notices';

export function open(instance: Instance): Promise<boolean> {
  return attempt(() => host.openInstance(instance.id));
}

/** Adds the app in a folder or a package file, as one more instance where it is there already. */
export function add(place: string): Promise<boolean> {
  return attempt(() => host.addApp(place), told('was added'));
}

/** The same, and opens it. */
export async function addAndOpen(place: string): Promise<void> {
  let added: Instance | undefined;
  await attempt(
    () => host.addApp(place),
    (instance) => (added = instance),
  );
  if (added) await open(added);
}

/** One more instance of an app. */
export function another(instance: Instance): Promise<boolean> {
  return attempt(() => host.anotherInstance(instance.id), told('was added'));
}

/** Lets the person choose where an app is, and does something with that. */
export async function choose(
  pick: () => Promise<string | null>,
  then: (place: string) => Promise<unknown>,
): Promise<void> {
  let place: string | null = null;
  const chosen = await attempt(pick, (picked) => (place = picked));
  if (chosen && place !== null) await then(place);
}

/** Replaces an app. Resolves to why not, where it is older than what there is and the person has to say that they mean it. */
export async function update(instance: Instance, place: string, olderToo = false): Promise<string | undefined> {
  try {
    const updated = await host.updateApp(instance.id, place, olderToo);
    tell(`${updated.label} is version ${updated.app.version} now.`);
  } catch (reason) {
    const { code, message } = errorView(reason);
    if (code === 'OlderVersion') return message;
    tellProblem(reason);
  }
  return undefined;
}

/** Goes back to what the app was before its last update. */
export function restore(instance: Instance): Promise<boolean> {
  return attempt(
    () => host.restoreApp(instance.id),
    (restored) => tell(`${restored.label} is version ${restored.app.version} again.`),
  );
}

export function showFiles(instance: Instance): Promise<boolean> {
  return attempt(() => host.showFiles(instance.id));
}

/** Loads the page of an open instance anew, after it stopped working. */
export function restart(instance: Instance): Promise<boolean> {
  return attempt(() => host.restartInstance(instance.id));
}

export function remove(instance: Instance): Promise<boolean> {
  return attempt(
    () => host.removeInstance(instance.id),
    () => tell(`${instance.label} was removed.`),
  );
}

/** A notice about an instance, with the way to open it. */
export function told(what: string): (instance: Instance) => void {
  return (instance) => tell(`${instance.label} ${what}.`, { label: 'Open', onClick: () => void open(instance) });
}
