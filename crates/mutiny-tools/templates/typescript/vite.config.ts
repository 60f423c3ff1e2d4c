import { defineConfig } from 'vite';

export default defineConfig({
  // Everything is named relative to the page, so that the app can lie anywhere.
  base: './',
  build: {
    target: 'es2022',
    // The walls around apps let scripts come from files only: nothing is to be put into the page.
    modulePreload: { polyfill: false },
  },
});
