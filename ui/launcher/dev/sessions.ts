/** Sessions worth looking at, by name. */

import type { Body } from '../../bindings/core';
import { MadeUpSession } from './session';

const json = (value: (Body & { type: 'json' })['value']): Body => ({ type: 'json', value });
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function conversation(peers = 3): MadeUpSession {
  const made = new MadeUpSession(peers).begin();
  made.pass(900).announce('ana', { name: 'Ana', typing: false });
  made.pass(400).invite('ana', 'ben');
  made.pass(30).happen('ben', { kind: 'answered', from: 'ana', accepted: true });
  made.invite('ben', 'ana', true);
  made.pass(2100).deliver('ana', 'ben', 'hello');
  made.pass(1800).deliver('ben', 'ana', 'hi! Did you see the new whiteboard?\nI put the sketches there.');
  made
    .pass(700)
    .deliver('ana', 'cleo', json({ type: 'move', from: [2, 3], to: [4, 3], player: 'ana', turn: 17 }), [12, 4, 1300]);
  made.pass(200).happen('ana', { kind: 'page', level: 'info', text: 'chat: 2 correspondents' });
  made.pass(300).deliver('cleo', 'ana', { type: 'bytes', value: btoa('PNG\u0000\u0001\u0002 not really') });
  made.pass(900).happen('ben', { kind: 'conditions', offline: true, full: false, ahead: 0 });
  made.pass(2).happen('ana', { kind: 'disconnected', to: 'ben' });
  made.happen('ben', { kind: 'disconnected', to: 'ana' });
  const late = made.pass(800).send('ana', 'ben', json('are you still there?'));
  made.pass(50).happen('ana', { kind: 'conditions', offline: false, full: false, ahead: 8 * DAY });
  made.pass(4).fail('ana', late, 'expired', 'not-delivered');
  made.pass(1).happen('ana', { kind: 'taken', entry: 'a-failure-notice' });
  made.pass(90).happen('ana', {
    kind: 'page',
    level: 'error',
    text: "TypeError: null is not an object (evaluating 'entry.body')\n    at show (app.js:41:18)",
  });
  made.pass(700).happen('cleo', {
    kind: 'refused',
    call: 'send',
    code: 'TooLarge',
    text: 'This message is larger than 1 MiB. Send it in parts, or less of it.',
  });
  made.pass(300).happen('ana', { kind: 'link', to: 'cleo', cut: false, delay: 500 });
  made.pass(400).happen('ana', { kind: 'page', level: 'warning', text: 'chat: no answer from ben for 2 s' });
  made.send('cleo', 'ben', json('Ben? I wait for you.'));
  made.pass(500).happen('ana', { kind: 'lost', to: 'cleo' });
  made.pass(1200).happen('ana', { kind: 'reloaded', files: ['app.js', 'style.css'] });
  made.deliver('ana', 'cleo', json('one more'), [508, 504, 20]);
  made
    .pass(10)
    .happen('cleo', { kind: 'received', message: made.send('ana', 'cleo', json('and another')), from: 'ana' });

  Object.assign(made.peer('ben'), { offline: true });
  Object.assign(made.peer('ana'), { ahead: 8 * DAY });
  Object.assign(made.link('ana', 'ben'), { connected: false });
  Object.assign(made.link('ben', 'cleo'), { connected: false });
  Object.assign(made.link('ana', 'cleo'), { delay: 500 });
  made.queue('cleo', 1, 1, 'ana', json('and another'));
  return made;
}

/** Talk of everybody with everybody, until so much has happened. */
function talk(made: MadeUpSession, until: number): MadeUpSession {
  const names = made.session.peers.map(({ name }) => name);
  for (let i = 0; made.timeline.length < until; i += 1) {
    const from = names[i % names.length]!;
    const to = names[(i + 1 + (Math.floor(i / names.length) % (names.length - 1))) % names.length]!;
    made.pass(6);
    if (i % 97 === 96) made.fail(from, made.send(from, to, json(`too late ${i}`)), 'expired', 'unknown');
    else made.deliver(from, to, json(`message ${i}`), [4, 2, 3]);
  }
  return made;
}

export const sessions: Record<string, () => MadeUpSession> = {
  quiet: () => new MadeUpSession(2),
  conversation,
  storm: () => talk(conversation(), 20_000),

  eight: () => {
    const made = talk(new MadeUpSession(8).begin(), 300);
    Object.assign(made.link('ana', 'dan'), { cut: true, connected: false });
    Object.assign(made.link('ben', 'eva'), { delay: 2000 });
    Object.assign(made.peer('hana'), { full: true });
    made.queue(
      'hana',
      10_000,
      0,
      'ana',
      json({
        points: [
          [1, 2],
          [3, 4],
        ],
      }),
    );
    return made;
  },

  killed: () => {
    const made = conversation();
    made.pass(3000).happen('ben', { kind: 'ended', killed: true });
    made.pass(900).happen('cleo', { kind: 'ended', killed: false });
    Object.assign(made.peer('ben'), { state: 'ended', queues: null, window: false });
    Object.assign(made.peer('cleo'), {
      state: 'ended',
      queues: null,
      window: false,
      problem: 'Mutiny could not open its window: no display is there. Start a desktop session, and restart the peer.',
    });
    for (const link of made.session.links) link.connected = false;
    return made;
  },

  strangers: () => {
    const made = new MadeUpSession(3).begin();
    made.session.introduced = false;
    for (const link of made.session.links) Object.assign(link, { introduced: false, connected: false });
    made.invite('ana', 'ben');
    made.peer('ben').invitations = [made.open('ana'), made.open('cleo')];
    return made;
  },

  forgotten: () => {
    const made = conversation();
    made.session.forgotten = 12_345;
    return made;
  },
};
