/**
 * The inspector over a made-up session: `/dev/inspector.html?scenario=NAME`, with `&live=100` for so many events a
 * second, `&broken` for a host that fails, `&slow` for one that takes its time. No part of the product.
 */

import { mockIPC, mockWindows } from '@tauri-apps/api/mocks';
import type { Topic } from '../../bindings/dev';
import { sessions } from './sessions';

type Args = Record<string, unknown>;

const query = new URLSearchParams(location.search);
const name = query.get('scenario') ?? 'conversation';
const make = sessions[name];
if (!make) throw new Error(`There is no scenario ${name}; there are ${Object.keys(sessions).join(', ')}.`);

const made = make();
const { session } = made;
let wake: (topic: Topic) => void = () => {};
const both = () => {
  wake('session');
  wake('timeline');
};

/** Null leaves things as they are. */
const given = (change: Args) => Object.fromEntries(Object.entries(change).filter(([, value]) => value !== null));

const commands: Record<string, (args: Args) => unknown> = {
  session: () => structuredClone(session),
  timeline: ({ after }) => structuredClone(made.timeline.slice(after as number, (after as number) + 500)),
  payload: ({ number }) => {
    const payload = made.payload(number as number);
    if (!payload) throw { code: 'Forgotten', message: `What event ${number} says is not kept any more.` };
    return payload;
  },
  set_peer: ({ name, ...change }) => {
    const { offline, full, ahead } = Object.assign(made.peer(name as string), given(change));
    made.happen(name as string, { kind: 'conditions', offline, full, ahead });
    both();
  },
  set_link: ({ from, to, ...change }) => {
    const link = Object.assign(made.link(from as string, to as string), given(change));
    link.connected = !link.cut;
    made.happen(from as string, { kind: 'link', to: to as string, cut: link.cut, delay: link.delay });
    both();
  },
  lose: ({ from, to }) => {
    made.happen(from as string, { kind: 'lost', to: to as string });
    both();
  },
  introduce: ({ from, to }) => {
    Object.assign(made.link(from as string, to as string), { introduced: true, connected: true });
    made.happen(from as string, { kind: 'introduced', to: to as string });
    both();
  },
  kill: ({ name }) => {
    Object.assign(made.peer(name as string), { state: 'ended', queues: null, window: false });
    made.happen(name as string, { kind: 'ended', killed: true });
    both();
  },
  restart: ({ name }) => {
    Object.assign(made.peer(name as string), { state: 'running', problem: null, window: true });
    made.queue(name as string, 0, 0, name as string, { type: 'json', value: null });
    made.happen(name as string, { kind: 'started' });
    both();
  },
  show: () => undefined,
  tools: () => {
    throw {
      code: 'NotRunning',
      message: 'The developer tools could not be opened: the peer does not run. Restart it.',
    };
  },
  accept: ({ name, invitation }) => answer(name, invitation, true),
  decline: ({ name, invitation }) => answer(name, invitation, false),
  save: () => '/home/ana/projects/chat/session.json',
  watch: ({ channel }) => {
    wake = (topic) => (channel as { onmessage: (topic: Topic) => void }).onmessage(topic);
  },
};

function answer(name: unknown, id: unknown, accepted: boolean) {
  const peer = made.peer(name as string);
  const from = peer.invitations.find((it) => it.id === id)?.fromName ?? '';
  peer.invitations = peer.invitations.filter((it) => it.id !== id);
  made.happen(peer.name, { kind: 'answered', from, accepted });
  both();
}

mockWindows('inspector');
mockIPC(async (command, args) => {
  const run = commands[command.replace('plugin:inspector|', '')];
  if (!run) throw `Command ${command} not found`;
  if (query.has('slow')) await new Promise((resolve) => setTimeout(resolve, 5000));
  if (query.has('broken') && !command.endsWith('watch')) {
    throw { code: 'Ended', message: 'The session has ended. Close this window and start mutiny dev again.' };
  }
  return run((args ?? {}) as Args);
});

const live = Number(query.get('live') ?? 0);
let sent = 0;
if (live > 0) {
  setInterval(() => {
    for (let i = 0; i < live / 20; i += 4) {
      made.pass(Math.round(1000 / live)).deliver('ana', 'ben', `live ${(sent += 1)}`);
    }
    made.queue('ben', sent % 7, 0, 'ana', { type: 'json', value: `live ${sent}` });
    both();
  }, 50);
}

Object.assign(window, { made, both });

await import('../src/inspector/main');

// For pictures: `&pick=12` shows the details of an event, `&press=Links` clicks what is called so.
const pick = query.get('pick');
const press = query.get('press');
if (pick ?? press) await new Promise((resolve) => setTimeout(resolve, 400));
if (press) {
  for (const one of document.querySelectorAll<HTMLElement>('button')) {
    if (!one.textContent.trim().startsWith(press)) continue;
    one.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    one.click();
    break;
  }
}
if (pick) {
  const list = document.querySelector<HTMLElement>('[role="listbox"]');
  for (let i = 0; i < Number(pick); i += 1) {
    list?.dispatchEvent(new KeyboardEvent('keydown', { key: i ? 'ArrowUp' : 'End', bubbles: true }));
  }
}
