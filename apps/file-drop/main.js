// The page: whom to give files to, and every file on its way.

import { isOpen, keyOf, Transfers } from './transfers.js';
import { openShelf } from './shelf.js';
import { shareOf, sizeOf, stateOf } from './words.js';

/** @import {Correspondent} from '@mutiny/app' */
/** @import {Transfer} from './transfers.js' */

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 */
const byId = (id, type) => {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} #${id}.`);
  return element;
};

const to = byId('to', HTMLSelectElement);
const files = byId('files', HTMLInputElement);
const problem = byId('problem', HTMLElement);
const transfers = new Transfers(mutiny, await openShelf());

/** @type {Correspondent[]} */
let people = [];

/** @param {unknown} error */
const complain = (error) => {
  problem.textContent = error instanceof Error ? error.message : String(error);
};

/** @param {Promise<unknown>} act */
const attempt = (act) => {
  problem.textContent = '';
  act.catch(complain);
};

/** One file. Made once and then kept up to date, so that focus stays where it is. */
class Row {
  element = document.createElement('li');
  #name = document.createElement('bdi');
  #state = document.createElement('p');
  #bar = document.createElement('progress');
  #buttons = document.createElement('div');
  #shown = '';

  /** @param {Transfer} transfer */
  constructor({ name, size }) {
    this.#name.textContent = name;
    const title = document.createElement('h2');
    title.append(this.#name, ` · ${sizeOf(size)}`);
    this.#state.className = 'quiet';
    this.#bar.ariaLabel = `Progress of ${name}`;
    this.#buttons.className = 'buttons';
    this.element.append(title, this.#state, this.#bar, this.#buttons);
  }

  /** @param {Transfer} transfer */
  update(transfer) {
    const { id, way, state, name } = transfer;
    const other = people.find((person) => keyOf(person) === transfer.with);
    this.#state.textContent = stateOf(transfer, other?.name ?? 'Somebody', other?.online ?? false);
    this.#bar.value = shareOf(transfer);
    this.#bar.hidden = state !== 'moving' && state !== 'paused';
    if (this.#shown === `${way} ${state}`) return;
    this.#shown = `${way} ${state}`;
    /** @type {[string, () => Promise<unknown>, boolean?][]} */
    const actions = [];
    if (way === 'in' && state === 'offered') actions.push(['Accept', () => transfers.accept(id), true]);
    if (way === 'in' && state === 'offered') actions.push(['Decline', () => transfers.drop(id)]);
    else if (isOpen(transfer)) actions.push(['Cancel', () => transfers.drop(id)]);
    if (way === 'in' && state === 'done') actions.push(['Save', () => save(id, name), true]);
    if (way === 'out' && state === 'paused') actions.push(['Try again', () => transfers.resume(id), true]);
    if (!isOpen(transfer)) actions.push(['Remove', () => transfers.drop(id)]);
    const hadFocus = this.#buttons.contains(document.activeElement);
    this.#buttons.replaceChildren(
      ...actions.map(([label, act, primary]) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = label;
        button.ariaLabel = `${label} ${name}`;
        button.classList.toggle('primary', primary ?? false);
        button.addEventListener('click', () => attempt(act()));
        return button;
      }),
    );
    if (hadFocus) this.#buttons.querySelector('button')?.focus();
  }
}

/** @param {string} id @param {string} name */
const save = async (id, name) => mutiny.save(name, await transfers.file(id));

/** @type {Map<string, Row>} */
const rows = new Map();

const draw = () => {
  const list = transfers.list;
  for (const [id, row] of rows) {
    if (list.some((transfer) => transfer.id === id)) continue;
    row.element.remove();
    rows.delete(id);
  }
  list.forEach((transfer, place) => {
    const row = rows.get(transfer.id) ?? new Row(transfer);
    rows.set(transfer.id, row);
    row.update(transfer);
    const parent = byId('transfers', HTMLElement);
    if (parent.children[place] !== row.element) parent.insertBefore(row.element, parent.children[place] ?? null);
  });
  const known = people.filter(({ instance }) => instance !== null);
  byId('whom', HTMLElement).hidden = byId('drop', HTMLElement).hidden = known.length === 0;
  const asked = people.find(({ instance }) => instance === null);
  const nobody = asked
    ? `Waiting for ${asked.name} to accept. You can close this window until then.`
    : 'Invite someone. As soon as they accept, you can give each other files: straight from your computer to theirs.';
  byId('empty', HTMLElement).textContent = known.length === 0 ? nobody : '';
};

const refresh = async () => {
  people = await mutiny.invitations();
  const chosen = to.value;
  const options = people.flatMap((person) => (person.instance === null ? [] : new Option(person.name, keyOf(person))));
  to.replaceChildren(...options);
  if (options.some(({ value }) => value === chosen)) to.value = chosen;
  draw();
};

files.addEventListener('change', () => {
  const chosen = [...(files.files ?? [])];
  files.value = '';
  for (const file of chosen) attempt(transfers.send(to.value, file));
});
byId('invite', HTMLButtonElement).addEventListener('click', () => attempt(mutiny.invite().then(refresh)));
byId('invite', HTMLButtonElement).disabled = false;
transfers.addEventListener('change', draw);
mutiny.on('peer', () => refresh().catch(complain));
mutiny.on('invitation', () => refresh().catch(complain));

await transfers.start();
await refresh();
transfers.receive().catch(complain);
