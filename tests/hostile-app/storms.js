// What would disturb everything else, started by name: `window.storm.messages()`.

import { after } from './report.js';

const { invoke } = window.__TAURI_INTERNALS__;

/** A thousand of something a second, until the page is gone. */
const endlessly = async (act) => {
  for (;;) {
    for (let i = 0; i < 50; i++) act();
    await after(50);
  }
};

window.storm = {
  /** Messages to oneself and to nobody. */
  async messages() {
    const { peer, instance } = await window.mutiny.instance;
    const nobody = '00000000-0000-4000-8000-000000000000';
    let n = 0;
    await endlessly(() => {
      window.mutiny.send({ peer, instance: n++ % 2 ? instance : nobody }, 'x'.repeat(1000)).catch(() => {});
    });
  },
  /** Commands, allowed and not. */
  commands: () =>
    endlessly(() => {
      invoke('plugin:instance|introduction').catch(() => {});
      invoke('plugin:launcher|me').catch(() => {});
    }),
  /** Names for the window that are not its own. */
  titles: () => endlessly(() => (document.title = `Mutiny ${Math.random()}`)),
  /** Windows, and ways elsewhere. */
  windows: () =>
    endlessly(() => {
      window.open('about:blank');
      location.href = 'mutiny:nowhere';
    }),
  /** Dialogs, one after the other, for as long as somebody answers. */
  async dialogs() {
    for (;;) {
      alert('Mutiny needs your password.');
      confirm('Are you sure?');
      prompt('Your password, please');
      await after(0);
    }
  },
  /** A page that computes and never lets go. */
  spin() {
    for (;;);
  },
  /** A page that will not close. */
  stay() {
    const ask = (event) => {
      event.preventDefault();
      return (event.returnValue = 'Stay!');
    };
    addEventListener('beforeunload', ask);
    addEventListener('unload', () => alert('Stay!'));
    addEventListener('pagehide', () => alert('Stay!'));
  },
};
