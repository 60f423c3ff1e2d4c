import { createContext } from 'svelte';
import type { Launcher } from './state.svelte';

/** The launcher's state, for every component under `App`. */
export const [getLauncher, setLauncher] = createContext<Launcher>();
