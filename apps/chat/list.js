// The people at the side: who they are, what was said last, and what is new.

import { make } from './dom.js';
import { face } from './face.js';
import { shown } from './words.js';

/** @import {Message} from './history.js' */
/** @import {Person} from './people.js' */

/**
 * @typedef {object} Row
 * @property {Person} person
 * @property {Message | undefined} last
 * @property {number} unread
 */

/** @param {Row} row */
const detail = ({ person, last }) => {
  if (person.state === 'waiting') return 'Has not answered yet';
  if (!last) return 'No messages yet';
  return last.author === 'me' ? `You: ${shown(last.text)}` : shown(last.text);
};

/** Long texts are cut off by the page; there is no need to lay out a whole novel for one line. @param {string} text */
const oneLine = (text) => text.slice(0, 120);

/**
 * A line of the list, empty yet.
 * @param {string} key
 * @param {() => void} choose
 */
const line = (key, choose) => {
  const button = make('button', { type: 'button', className: 'person' });
  button.dataset['key'] = key;
  button.addEventListener('click', choose);
  return { item: make('li', null, button), button };
};

/**
 * @param {HTMLButtonElement} button
 * @param {Row} row
 * @param {boolean} current
 */
const write = (button, row, current) => {
  const { person, unread } = row;
  const name = make('span', { className: 'name' }, make('bdi', { textContent: person.name }));
  if (person.nickname) name.append(make('bdi', { className: 'nickname', textContent: person.nickname }));
  const sub = make('span', { className: 'sub' }, make('bdi', { textContent: oneLine(detail(row)) }));
  const picture = make(
    'span',
    { className: person.online ? 'picture online' : 'picture' },
    face(person.peer, person.name),
  );
  button.replaceChildren(picture, make('span', { className: 'lines' }, name, sub));
  if (unread > 0)
    button.append(make('span', { className: 'unread', textContent: String(unread), ariaLabel: `${unread} new` }));
  button.ariaLabel = person.name;
  button.ariaDescription = `${person.online ? 'Online' : 'Offline'}. ${oneLine(detail(row))}${unread > 0 ? `. ${unread} new` : ''}`;
  button.ariaCurrent = current ? 'true' : null;
};

/**
 * Draws the list, and redraws it only where something is different. A person's button stays the same one, so that a message
 * in the middle of a click does not take it away, nor throw out whoever moves through the list by keys.
 * @param {HTMLElement} place
 * @param {(key: string) => void} choose
 */
export const personList = (place, choose) => {
  const list = make('ul');
  /** @type {Map<string, ReturnType<typeof line>>} */
  const lines = new Map();
  let drawn = '';
  return (/** @type {Row[]} */ rows, /** @type {string | null} */ selected) => {
    const next = JSON.stringify([rows.map((row) => [row.person, detail(row), row.unread]), selected]);
    if (next === drawn) return;
    drawn = next;

    if (!list.isConnected) place.replaceChildren(list);
    for (const [key, { item }] of lines) {
      if (rows.some(({ person }) => person.key === key)) continue;
      item.remove();
      lines.delete(key);
    }
    rows.forEach((row, at) => {
      const { key } = row.person;
      const { item, button } = lines.get(key) ?? line(key, () => choose(key));
      lines.set(key, { item, button });
      write(button, row, key === selected);
      if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
    });
  };
};
