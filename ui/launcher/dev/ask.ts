/** The host's questions over a made-up host: `/dev/ask.html?question=NAME`. No part of the product. */

import { mockIPC, mockWindows } from '@tauri-apps/api/mocks';
import type { Asking, Candidate } from '../../bindings/core';
import { candidate, me } from './people';

const LONG = 'Maximiliana-Konstantina von und zu Hohenlohe-Waldenburg-Schillingsfürst the Younger of Upper Franconia';

const chat = { appId: 'org.example.chat', appName: 'Chat', label: 'Chat', settings: true };
const invite: Asking = { ...chat, question: { kind: 'invite' } };

const few = () => [
  candidate({ name: 'Ben', nearby: true }),
  candidate({ name: 'Clara', invited: true }),
  candidate({ name: 'Daoud', online: false }),
  candidate({ name: 'Grandma’s laptop', friend: false, nearby: true }),
];

const many = () =>
  Array.from({ length: 120 }, (_, i) =>
    candidate({ name: i === 1 ? LONG : `Person ${i + 1}`, online: i < 30, friend: i % 4 !== 0, nearby: i % 3 === 0 }),
  );

const questions: Record<string, { asking: Asking; people: Candidate[] }> = {
  peers: { asking: { ...chat, question: { kind: 'permission', permission: 'peers' } }, people: [] },
  notifications: {
    asking: { ...chat, label: 'Chat for work', question: { kind: 'permission', permission: 'notifications' } },
    people: [],
  },
  names: {
    asking: { ...chat, appName: LONG, label: LONG, question: { kind: 'permission', permission: 'peers' } },
    people: [],
  },
  invite: { asking: invite, people: few() },
  many: { asking: invite, people: many() },
  nobody: { asking: invite, people: [] },
};

const name = new URLSearchParams(location.search).get('question') ?? 'invite';
const shown = questions[name];
if (!shown) throw new Error(`There is no question ${name}; there are ${Object.keys(questions).join(', ')}.`);

mockWindows('ask-made-up');
mockIPC((command) => {
  switch (command) {
    case 'plugin:ask|question':
      return shown.asking;
    case 'plugin:ask|candidates':
      return shown.people;
    case 'plugin:ask|icon':
      return null;
    case 'plugin:ask|me':
      return me();
    default:
      console.info(command);
      return null;
  }
});

await import('../src/ask/main');
