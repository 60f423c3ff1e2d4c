// Commands of the host. The page can send any message it likes to the host; the host answers by who asks.

import { after, broke, held } from '../report.js';
import { bridgeKey, post } from './bridge.js';
import { ask, core, launcher, plugins } from './command-lists.js';

const { invoke } = window.__TAURI_INTERNALS__;

// What a launcher's command would need to do harm, and something of everything else.
const ID = '01234567-89ab-4def-8123-456789abcdef';
const args = (sink) => ({
  name: 'Mallory',
  link: 'mutiny:',
  folder: '/etc',
  place: '/etc',
  id: sink.neighbour ?? ID,
  label: 'launcher',
  with: { type: 'new' },
  event: 'tauri://close-requested',
  target: { kind: 'AnyLabel', label: 'launcher' },
  window: 'launcher',
  value: 'Mallory',
  instance: sink.neighbour ?? ID,
  permission: 'peers',
  granted: true,
  peer: '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp',
  title: 'Mallory',
  path: '/etc/passwd',
  url: `${sink.http}/command`,
  program: 'true',
  options: {},
  handler: 1,
  channel: '__CHANNEL__:1',
});

/** Only these are refusals: any other failure means that the command ran, or tried to. */
const refusal = /not allowed|not found|forbidden|denied/i;

const refused = (error) => {
  const text = typeof error === 'string' ? error : JSON.stringify(error);
  return refusal.test(text) ? held(text.slice(0, 200)) : broke(`it was not refused: ${text}`);
};

const calls = (command) => ({ sink }) =>
  invoke(command, args(sink)).then((answer) => broke(`it answered ${JSON.stringify(answer)}`), refused);

const plugin = (name, commands) =>
  commands.map((command) => [`command-${name}-${command}`, calls(`plugin:${name}|${command}`)]);

const words = (text) => text.trim().split(/\s+/);

const all = Object.fromEntries([
  ...plugin('launcher', launcher),
  ...plugin('ask', ask),
  ...Object.entries({ ...core, ...plugins }).flatMap(([name, text]) => plugin(name, words(text))),
  ...['me', 'instances', 'open_instance', 'add_app'].map((name) => [`command-bare-${name}`, calls(name)]),
]);

const raw = async (address, headers = {}) => {
  const response = await fetch(address, {
    method: 'POST',
    body: '{}',
    headers: {
      'Content-Type': 'application/json',
      'Tauri-Callback': '1',
      'Tauri-Error': '2',
      'Tauri-Invoke-Key': await bridgeKey(),
      ...headers,
    },
  });
  const text = await response.text();
  return response.headers.get('Tauri-Response') === 'ok' ? broke(text) : held(text.slice(0, 200));
};

/** By the bridge's second way. It never answers a forged message, so the outcome is what changed. */
const posted = async (message) => {
  let answered;
  const answer = (value) => (answered ??= broke(`it answered: ${JSON.stringify(value)}`));
  post(await bridgeKey(), message, answer, (error) => (answered ??= refused(error)));
  await after(300);
  return answered ?? held('no answer');
};

/** Asks in another's name; the answer has to be about this instance. */
const asOther = async (headers, more) => {
  const own = (await window.mutiny.instance).instance;
  const answer = await invoke('plugin:instance|introduction', more, { headers });
  const named = answer.address?.instance ?? answer.instance?.instance ?? answer.instance;
  return named === own ? held('it answered about this instance') : broke(JSON.stringify(answer));
};

export const commands = {
  ...all,
  'bridge-launcher': () => raw('ipc://localhost/plugin%3Alauncher%7Cme'),
  'bridge-launcher-headers': () =>
    raw('ipc://localhost/plugin%3Alauncher%7Cme', {
      'Origin': 'tauri://localhost',
      'Referer': 'tauri://localhost/',
      'Tauri-Webview': 'launcher',
      'X-Webview-Label': 'launcher',
    }),
  // Says of itself that it is the window of a question; the host goes by the label it gave.
  'bridge-question-headers': () =>
    raw('ipc://localhost/plugin%3Aask%7Callow', {
      'Origin': 'tauri://localhost',
      'Tauri-Webview': `ask-${ID}`,
      'X-Webview-Label': `ask-${ID}`,
    }),
  'bridge-foreign-host': () => raw('ipc://launcher/plugin%3Alauncher%7Cme'),
  'bridge-posted-own': () => posted({ cmd: 'plugin:instance|introduction' }),
  'bridge-posted': () => posted({ cmd: 'plugin:launcher|me' }),
  'bridge-posted-label': () =>
    posted({ cmd: 'plugin:launcher|instances', label: 'launcher', webviewLabel: 'launcher', windowLabel: 'launcher' }),
  'bridge-posted-permission': () =>
    posted({ cmd: 'plugin:ask|allow', label: `ask-${ID}`, webviewLabel: `ask-${ID}`, windowLabel: `ask-${ID}` }),
  'bridge-from-blank-frame': async () => {
    const frame = document.createElement('iframe');
    document.getElementById('stage').append(frame);
    const inner = frame.contentWindow.__TAURI_INTERNALS__;
    if (!inner?.invoke) return held('a frame has no bridge');
    return inner.invoke('plugin:launcher|me').then((answer) => broke(JSON.stringify(answer)), refused);
  },
  'channel-data': async () => {
    // Large messages on a channel wait on the host's side, by number, for the page they were sent to.
    for (let id = 0; id < 64; id++) {
      const answer = await invoke('plugin:__TAURI_CHANNEL__|fetch', null, {
        headers: { 'Tauri-Channel-Id': String(id) },
      }).catch(() => null);
      if (answer) return broke(`message ${id} of somebody`);
    }
    return held('none for this page');
  },
  'forged-instance': ({ sink }) =>
    asOther({}, { instance: sink.neighbour, caller: sink.neighbour, id: sink.neighbour, label: `app-${sink.neighbour}` }),
  'forged-instance-headers': ({ sink }) =>
    asOther({ 'Tauri-Webview': `app-${sink.neighbour}`, 'Origin': `mutiny-app://${sink.neighbour}` }, {}),
  'forged-inbox': async ({ sink }) => {
    const entry = await invoke('plugin:instance|read', { instance: sink.neighbour, caller: sink.neighbour, id: null });
    return entry === null ? held('its own inbox, which is empty') : broke(JSON.stringify(entry));
  },
  'forged-sender': async ({ sink }) => {
    const { peer, instance } = await window.mutiny.instance;
    await invoke('plugin:instance|send', {
      from: { peer, instance: sink.neighbour },
      to: { peer, instance },
      body: { type: 'json', value: { forged: true } },
      deadline: null,
    });
    // Nobody invited this instance, so a notice of that comes back to whoever the host takes for the sender.
    for await (const entry of window.mutiny) {
      const { kind, reason, from } = entry;
      return kind === 'failure' || from.instance === instance ? held(reason) : broke(JSON.stringify(entry));
    }
  },
  'notify-without-permission': () =>
    invoke('plugin:instance|notify', { title: 'Mutiny', text: 'hostile', order: 0 }).then(
      (shown) => broke(`it was ${shown ? '' : 'not '}shown`),
      refused,
    ),
  'people-without-permission': async () => {
    const peers = await invoke('plugin:instance|peers').catch(refused);
    if (peers.held) return peers;
    return Array.isArray(peers) && peers.length === 0 ? held('nobody') : broke(JSON.stringify(peers));
  },
};
