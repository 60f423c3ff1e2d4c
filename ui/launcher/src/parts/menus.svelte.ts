/** Menus: what is in them, and when what draws them is loaded. */

import type { IconNode } from 'lucide';
import type { Offer } from '../../../bindings/core';
import type MenuList from './MenuList.svelte';

/** Something to choose. */
export interface Entry {
  /** A picture, or an app with its icon. */
  picture: IconNode | Offer;
  words: string;
  act: () => void;
  /** It takes something away. */
  danger?: boolean;
}

/** Entries between two lines. */
export interface Group {
  heading?: string;
  entries: Entry[];
}

let List = $state.raw<typeof MenuList>();

/** What draws menus, once it is there. */
export const list = () => List;

/** Has it loaded: once what is shown first is drawn, or when somebody wants a menu before. A start should not take the time. */
export async function load(): Promise<void> {
  List ??= (await import('./MenuList.svelte')).default;
}
