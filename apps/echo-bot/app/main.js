/// <reference types="@mutiny/app" />

// What is said here goes to every bot that accepted, and comes back as `{ echo: … }`.

import { find } from './find.js';

/** @typedef {import('@mutiny/app').JsonValue} JsonValue */

const lines = find('lines', HTMLOListElement);
const bots = find('bots', HTMLElement);
const problem = find('problem', HTMLElement);
const line = find('line', HTMLInputElement);

/** Those who accepted. */
async function connected() {
  const all = await mutiny.invitations();
  return all.flatMap(({ peer, instance, name }) => (instance ? [{ peer, instance, name }] : []));
}

async function showBots() {
  const names = (await connected()).map(({ name }) => name);
  bots.textContent = names.length ? `Connected with ${names.join(', ')}.` : 'No bot is connected yet.';
}

/**
 * @param {string} who
 * @param {string} text
 */
function show(who, text) {
  const item = document.createElement('li');
  const name = document.createElement('b');
  name.textContent = who;
  item.append(name, text);
  lines.append(item);
  item.scrollIntoView({ block: 'end' });
}

/** @param {() => Promise<void>} act */
async function attempt(act) {
  problem.textContent = '';
  try {
    await act();
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
  }
}

find('connect', HTMLButtonElement).addEventListener('click', () =>
  attempt(async () => {
    // Mutiny's own window asks whom.
    await mutiny.invite();
  }),
);

const form = find('say', HTMLFormElement);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void attempt(async () => {
    for (const to of await connected()) await mutiny.send(to, { text: line.value });
    show('You', line.value);
    form.reset();
  });
});

mutiny.on('invitation', () => void attempt(showBots));
await attempt(showBots);

for await (const entry of mutiny) {
  if (entry.kind === 'failure') {
    show('Mutiny', `A line did not arrive: ${entry.reason}.`);
    continue;
  }
  const text = echoed(entry.data);
  if (text !== null) show('Echo', text);
}

/**
 * The text in `{ echo: { text } }`.
 * @param {JsonValue | Uint8Array} data
 */
function echoed(data) {
  const said = data !== null && typeof data === 'object' && 'echo' in data ? data.echo : null;
  const text = said !== null && typeof said === 'object' && 'text' in said ? said.text : null;
  return typeof text === 'string' ? text : null;
}
