/** The inspector of `mutiny dev`: a window of its own beside those of the peers. */

import '@fontsource-variable/inter/wght.css';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/controls.css';
import '../styles/overlays.css';
import './inspector.css';
import { mount } from 'svelte';
import Inspector from './Inspector.svelte';

const target = document.getElementById('inspector');
if (!target) throw new Error('The page has no #inspector to mount in.');
mount(Inspector, { target });
