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

/** Up to a thousand of something a second, until the page is gone: those of a moment when those before are answered. */
const endlessly = async (storm, act) => {
  for (;;) {
    const answered = [after(50)];
    for (let i = 0; i < 50; i++) {
      count(storm);
      answered.push(act());
    }
    await Promise.all(answered);
  }
};

/** At most so many in one go, and unanswered. */
const AT_ONCE = 100;

/**
 * The same, and no fewer than a thousand: one for each millisecond. What is `due` and was not `tried` the page owes, because
 * there is no time for it or because the host has yet to answer as many; it makes up for that as fast as it can.
 */
const eachMillisecond = async (storm, act) => {
  const began = performance.now();
  const its = (counts[storm] = {
    tried: 0,
    get due() {
      return Math.floor(performance.now() - began);
    },
  });
  let unanswered = 0;
  for (;;) {
    for (let more = Math.min(its.due - its.tried, AT_ONCE - unanswered); more > 0; more--) {
      count(storm);
      unanswered++;
      act().finally(() => unanswered--);
    }
    await after(its.due > its.tried ? 0 : 10);
  }
};

window.storm = {
  counts,
  /** Messages to oneself and to nobody. */
  async messages() {
    const { peer, instance } = await window.mutiny.instance;
    const nobody = '00000000-0000-4000-8000-000000000000';
    let n = 0;
    await eachMillisecond('messages', () => {
      const to = { peer, instance: n++ % 2 ? instance : nobody };
      const message = { to, body: { type: 'json', value: 'x'.repeat(1000) }, deadline: null };
      const stored = () => count('messages', 'stored');
      return invoke('plugin:instance|send', message).then(stored, ({ code }) => count('messages', code));
    });
  },
  /** Commands, allowed and not. */
  commands: () =>
    endlessly('commands', () =>
      Promise.all([
        invoke('plugin:instance|introduction').then(
          () => count('commands', 'answered'),
          () => count('commands', 'failed'),
        ),
        invoke('plugin:launcher|me').then(
          () => count('commands', 'let through'),
          () => count('commands', 'refused'),
        ),
      ]),
    ),
  /** Commands, as many as the page can ask for, answered or not: more than a host can begin. */
  async flood() {
    for (;;) {
      for (let i = 0; i < AT_ONCE; i++) {
        count('flood');
        invoke('plugin:launcher|me', { padding: 'x'.repeat(10000) }).catch(() => {});
      }
      await after(0);
    }
  },
  /** Names for the window that are not its own. */
  titles: () =>
    endlessly('titles', () => {
      document.title = `Mutiny ${Math.random()}`;
    }),
  /** Windows, and ways elsewhere. */
  windows: () =>
    endlessly('windows', () => {
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
