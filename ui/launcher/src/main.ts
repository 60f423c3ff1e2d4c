import '@fontsource-variable/inter/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/overlays.css';
import { mount } from 'svelte';
import App from './App.svelte';

const target = document.getElementById('launcher');
if (!target) throw new Error('The page has no #launcher to mount in.');
mount(App, { target });
