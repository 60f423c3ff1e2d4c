import { createContext } from 'svelte';
import type { Inspector } from './inspector.svelte';

/** The inspector's state, for every component under `Inspector`. */
export const [getInspector, setInspector] = createContext<Inspector>();
