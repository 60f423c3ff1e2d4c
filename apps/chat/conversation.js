// The larger side of the window: one person, and what was said with them.

import { byId, focusOn, make, withNames } from './dom.js';
import { face } from './face.js';
import { shown, stateOf, time } from './words.js';

/** @import {Chat} from './chat.js' */
/** @import {Message} from './history.js' */
/** @import {Person} from './people.js' */

/** How many messages are shown before one asks for more. */
const PAGE = 200;

const place = byId('conversation', HTMLElement);

/** @typedef {(Node | string)[]} Sentence */

/** @param {Sentence} title @param {Node[]} rest */
const notice = (title, ...rest) =>
  make('div', { className: 'notice' }, make('h2', { tabIndex: -1 }, ...title), ...rest);

/** @param {Sentence} sentence */
const paragraph = (sentence) => make('p', null, ...sentence);

/** @param {Person} person @param {() => void} back */
const heading = ({ peer, name, nickname, online }, back) => {
  const leave = make('button', { type: 'button', className: 'back', textContent: '‹', ariaLabel: 'Back to people' });
  leave.addEventListener('click', back);
  return make(
    'header',
    null,
    leave,
    face(peer, name),
    make(
      'div',
      { className: 'lines' },
      make(
        'h2',
        { className: 'name' },
        make('bdi', { textContent: name }),
        ...(nickname ? [make('bdi', { className: 'nickname', textContent: nickname })] : []),
      ),
      make('p', { className: 'sub', textContent: online ? 'Online' : 'Offline' }),
    ),
  );
};

/**
 * Nobody is chosen.
 * @param {boolean} anyone whether there is anyone to choose
 * @param {HTMLElement} begin what begins a conversation
 */
export const showNobody = (anyone, begin) => {
  place.replaceChildren(
    anyone
      ? notice(['Choose whom to talk to'], paragraph(['Messages go straight from your computer to theirs.']))
      : notice(
          ['Nobody here yet'],
          paragraph([
            'Choose somebody, and they are asked whether they want to talk with you. Nothing is sent before.',
          ]),
          begin,
        ),
  );
};

/**
 * Someone who was asked and has not answered.
 * @param {Person} person
 * @param {() => void} back
 */
export const showWaiting = (person, back) => {
  const { name } = person;
  place.replaceChildren(
    heading(person, back),
    notice(
      withNames`Waiting for ${name} to accept`,
      paragraph(
        person.online
          ? withNames`${name} has been asked. Once ${name} accepts, you can talk.`
          : withNames`${name} is offline, and can answer when they are back. You can close this window until then.`,
      ),
    ),
  );
};

/** A conversation on the page. It stays as long as the person is chosen, so that nothing typed or focused is lost. */
export class Conversation {
  #chat;
  #person;
  #back;
  /** @type {Map<Message, HTMLElement>} */
  #items = new Map();
  #limit = PAGE;
  #top = make('div');
  #log = make('ol', { className: 'log', tabIndex: 0 });
  #more = make('button', { type: 'button', className: 'more', textContent: 'Show earlier messages' });
  #empty = make('p', { className: 'empty' });
  #text = make('textarea', { rows: 1, dir: 'auto', ariaLabel: 'Message', placeholder: 'Message' });
  #send = make('button', { type: 'submit', className: 'primary', textContent: 'Send' });
  #draft;

  /**
   * @param {Person} person
   * @param {Chat} chat
   * @param {() => void} back
   */
  constructor(person, chat, back) {
    this.#person = person;
    this.#chat = chat;
    this.#back = back;
    this.#draft = `draft:${person.key}`;
    this.#text.value = localStorage.getItem(this.#draft) ?? '';
    this.#text.addEventListener('input', () => this.#typed());
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#say();
    });
    const form = make('form', { className: 'composer' }, this.#text, this.#send);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#say();
    });
    this.#more.addEventListener('click', () => {
      this.#limit += PAGE;
      this.#refill();
    });
    place.replaceChildren(this.#top, this.#log, form);
    this.update(person);
    this.#refill();
    this.#typed();
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** The person came or went, or has a new name. @param {Person} person */
  update(person) {
    this.#person = person;
    this.#top.replaceChildren(heading(person, this.#back));
    this.#log.ariaLabel = `Messages with ${person.name}`;
    this.#empty.replaceChildren(...withNames`You and ${person.name} are connected. Say hello.`);
    for (const [message, item] of this.#items) this.#fill(item, message);
  }

  /** A message is new, or stands elsewhere now. @param {Message} message */
  show(message) {
    if (message.with !== this.#person.key) return;
    const atEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < 80;
    const known = this.#items.get(message);
    if (known) this.#fill(known, message);
    else this.#append(message);
    if (atEnd || (message.author === 'me' && !known)) this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** Whose conversation this is. */
  get key() {
    return this.#person.key;
  }

  focus() {
    this.#text.focus();
  }

  /** @param {Message} message */
  #append(message) {
    this.#empty.remove();
    this.#log.append(this.#item(message));
  }

  #refill() {
    const messages = this.#chat.messages(this.#person.key);
    const fromEnd = this.#log.scrollHeight - this.#log.scrollTop;
    this.#items.clear();
    this.#log.replaceChildren(...messages.slice(-this.#limit).map((message) => this.#item(message)));
    if (messages.length === 0) this.#log.append(this.#empty);
    if (messages.length > this.#limit) this.#log.prepend(make('li', { className: 'earlier' }, this.#more));
    this.#log.scrollTop = this.#log.scrollHeight - fromEnd;
  }

  /** @param {Message} message */
  #item(message) {
    const item = make('li', { className: `message ${message.author}` });
    this.#items.set(message, item);
    this.#fill(item, message);
    return item;
  }

  /** @param {HTMLElement} item @param {Message} message */
  #fill(item, message) {
    const { author, text, at, state } = message;
    const line = [time(at), stateOf(message, this.#person)].filter(Boolean).join(' · ');
    if (item.dataset['line'] === line) return;
    item.dataset['line'] = line;
    if (state) item.dataset['state'] = state;
    item.replaceChildren(
      make('span', { className: 'sr-only', textContent: author === 'me' ? 'You: ' : `${this.#person.name}: ` }),
      make('p', { className: text === null ? 'text unknown' : 'text', dir: 'auto', textContent: shown(text) }),
      make('p', { className: 'meta', textContent: line }),
    );
    if (state === 'failed') {
      const again = make('button', { type: 'button', className: 'again', textContent: 'Try again' });
      again.addEventListener('click', () => this.#chat.again(message));
      item.append(again);
    }
  }

  #typed() {
    this.#send.disabled = this.#text.value.trim() === '';
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
    if (this.#text.value === '') localStorage.removeItem(this.#draft);
    else localStorage.setItem(this.#draft, this.#text.value);
  }

  #say() {
    const text = this.#text.value.trim();
    if (text === '') return;
    this.#chat.say(this.#person.key, text);
    this.#text.value = '';
    this.#typed();
    this.#text.focus();
  }
}
