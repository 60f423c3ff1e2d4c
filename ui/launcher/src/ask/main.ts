/** The host's questions, each in a window of its own above an app's. */

import '@fontsource-variable/inter/wght.css';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/controls.css';
import '../styles/overlays.css';
import { mount } from 'svelte';
import Ask from './Ask.svelte';

const target = document.getElementById('ask');
if (!target) throw new Error('The page has no #ask to mount in.');
mount(Ask, { target });
