import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { guide } from './guide/plugin.ts';

export default defineConfig({
  plugins: [svelte(), guide()],
  clearScreen: false,
  build: {
    // The oldest engines that Tauri's webviews come with on the systems Mutiny is packaged for.
    target: ['safari17', 'chrome120'],
    // Nothing becomes a data: URL, so that the window's content security policy can stay narrow.
    assetsInlineLimit: 0,
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index.html', 'ask.html', 'inspector.html'] },
  },
  server: { host: '127.0.0.1', port: 1420, strictPort: true },
  // Tests that mount components need Svelte for pages, and not the one for servers.
  ...(process.env['VITEST'] && { resolve: { conditions: ['browser'] } }),
  test: { include: ['{src,guide}/**/*.test.ts', '*.test.ts'] },
});
