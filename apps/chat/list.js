// The people at the side: who they are, what was said last, and what is new.

import { focusOn, make } from './dom.js';
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
 * @param {Row} row
 * @param {boolean} current
 * @param {(person: Person) => void} choose
 */
const item = (row, current, choose) => {
  const { person, unread } = row;
  const name = make('span', { className: 'name' }, make('bdi', { textContent: person.name }));
  if (person.nickname) name.append(make('bdi', { className: 'nickname', textContent: person.nickname }));
  const sub = make('span', { className: 'sub' }, make('bdi', { textContent: oneLine(detail(row)) }));
  const picture = make(
    'span',
    { className: person.online ? 'picture online' : 'picture' },
    face(person.peer, person.name),
  );
  const button = make(
    'button',
    { type: 'button', className: 'person' },
    picture,
    make('span', { className: 'lines' }, name, sub),
  );
  if (unread > 0)
    button.append(make('span', { className: 'unread', textContent: String(unread), ariaLabel: `${unread} new` }));
  button.dataset['key'] = person.key;
  button.ariaLabel = person.name;
  button.ariaDescription = `${person.online ? 'Online' : 'Offline'}. ${oneLine(detail(row))}${unread > 0 ? `. ${unread} new` : ''}`;
  if (current) button.setAttribute('aria-current', 'true');
  button.addEventListener('click', () => choose(person));
  return make('li', null, button);
};

/**
 * Draws the list, and redraws it only where something is different: whoever moves through it is not thrown out.
 * @param {HTMLElement} place
 * @param {(person: Person) => void} choose
 */
export const personList = (place, choose) => {
  let drawn = '';
  return (/** @type {Row[]} */ rows, /** @type {string | null} */ selected) => {
    const next = JSON.stringify([rows.map((row) => [row.person, detail(row), row.unread]), selected]);
    if (next === drawn) return;
    drawn = next;

    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['key'] : undefined;
    place.replaceChildren(make('ul', null, ...rows.map((row) => item(row, row.person.key === selected, choose))));
    if (focused !== undefined) focusOn(`[data-key="${CSS.escape(focused)}"]`, place);
  };
};
