// What would disturb everything else, started by name: `window.storm.messages()`.

import { after } from './report.js';

const { invoke } = window.__TAURI_INTERNALS__;

/** What came of each storm so far, for whoever wants to know that it really rages. */
const counts = {};

/** Counts that a storm did something: `tried`, or what came of that. */
const count = (storm, what = 'tried') => {
  counts[storm] ??= { tried: 0 };
  counts[storm][what] = (counts[storm][what] ?? 0) + 1;
};

/** A thousand of something a second, until the page is gone. */
const endlessly = async (act) => {
  for (;;) {
    for (let i = 0; i < 50; i++) act();
    await after(50);
  }
};

window.storm = {
  counts,
  /** Messages to oneself and to nobody. */
  async messages() {
    const { peer, instance } = await window.mutiny.instance;
    const nobody = '00000000-0000-4000-8000-000000000000';
    let n = 0;
    await endlessly(() => {
      count('messages');
      window.mutiny.send({ peer, instance: n++ % 2 ? instance : nobody }, 'x'.repeat(1000)).then(
        () => count('messages', 'stored'),
        ({ code }) => count('messages', code),
      );
    });
  },
  /** Commands, allowed and not. */
  commands: () =>
    endlessly(() => {
      count('commands');
      invoke('plugin:instance|introduction').then(
        () => count('commands', 'answered'),
        () => count('commands', 'failed'),
      );
      invoke('plugin:launcher|me').then(
        () => count('commands', 'let through'),
        () => count('commands', 'refused'),
      );
    }),
  /** Names for the window that are not its own. */
  titles: () =>
    endlessly(() => {
      count('titles');
      document.title = `Mutiny ${Math.random()}`;
    }),
  /** Windows, and ways elsewhere. */
  windows: () =>
    endlessly(() => {
      count('windows');
      count('windows', window.open('about:blank') ? 'opened' : 'refused');
      location.href = 'mutiny:nowhere';
    }),
  /** Dialogs, one after the other, for as long as somebody answers. What it says to itself stops with the first that holds it. */
  async dialogs() {
    const own = await window.mutiny.instance;
    setInterval(() => window.mutiny.send(own, 'still here').catch(() => {}), 100);
    await after(1000);
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
    count('stay');
  },
};
