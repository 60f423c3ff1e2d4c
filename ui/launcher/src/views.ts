/** The views that a start does not show: loaded when somebody goes there, or once what is shown first is drawn. */

import type { Component } from 'svelte';
import type { View } from './route.svelte';

type Loads = () => Promise<{ default: Component }>;

const VIEWS: Partial<Record<View, Loads>> = {
  people: () => import('./people/People.svelte'),
  invitations: () => import('./invitations/Invitations.svelte'),
  activity: () => import('./activity/Activity.svelte'),
  settings: () => import('./settings/Settings.svelte'),
};

/** What loads a view, unless it is the one that is there from the beginning. */
export const loads = (name: View): Loads | undefined => VIEWS[name];

/** Loads all of them, so that nobody waits for one later. */
export async function loadAll(): Promise<void> {
  await Promise.all(Object.values(VIEWS).map((load) => load()));
}
