// Puts the parts together: the conversations, the list of people, and the one conversation that is open.

import { Chat } from './chat.js';
import { Conversation, showNobody, showWaiting } from './conversation.js';
import { byId, focusOn, make } from './dom.js';
import { openHistory } from './history.js';
import { personList } from './list.js';
import { Notices } from './notices.js';
import { shown } from './words.js';

/** @import {Message} from './history.js' */
/** @import {Person} from './people.js' */

const alertBox = byId('alert', HTMLElement);
const alertText = byId('alert-text', HTMLElement);
const arrivals = byId('arrivals', HTMLElement);

/** What went wrong, and a way to try again. @param {string} what @param {unknown} error @param {() => void} retry */
const complain = (what, error, retry) => {
  alertText.textContent = `${what} ${error instanceof Error ? error.message : error}`;
  alertBox.hidden = false;
  byId('alert-retry', HTMLButtonElement).onclick = () => {
    alertBox.hidden = true;
    retry();
  };
};

/** @param {Chat} chat */
const run = (chat) => {
  /** @type {string | null} */
  let selected = localStorage.getItem('selected');
  /** @type {Conversation | undefined} */
  let open;
  let opened = '';

  /** The chosen person, also when their place in the list goes by another key since they have accepted. */
  const current = () => {
    const person = chat.people.find(({ key }) => key === selected);
    if (person || selected === null) return person;
    return chat.people.find(({ peer }) => peer === selected?.split('/')[0]);
  };

  /** @param {string | null} key */
  const select = (key) => {
    selected = key;
    if (key === null) localStorage.removeItem('selected');
    else localStorage.setItem('selected', key);
    draw();
  };
  const back = () => {
    const from = selected;
    select(null);
    if (from !== null) focusOn(`[data-key="${CSS.escape(from)}"]`);
  };
  const drawList = personList(byId('list', HTMLElement), (key) => {
    select(key);
    open?.focus();
  });

  /** Lets the person choose whom to talk to, in a window of the host's own. Whom they choose comes to the fore. */
  const begin = async () => {
    try {
      const peer = await chat.invite();
      if (peer === null) return;
      select(chat.people.find((person) => person.peer === peer)?.key ?? peer);
      focusOn('#conversation h2[tabindex]');
    } catch (error) {
      // Another question is open, or was closed just now: then the person knows.
      if (Object(error).code !== 'Busy') complain('Nobody could be asked.', error, begin);
    }
  };
  /** A button that does so. */
  const beginner = () => {
    const button = make('button', { type: 'button', className: 'primary', textContent: 'New conversation' });
    button.addEventListener('click', begin);
    return button;
  };
  byId('top', HTMLElement).append(beginner());

  const own = byId('nickname', HTMLInputElement);
  own.value = localStorage.getItem('nickname') ?? '';
  own.addEventListener('change', async () => {
    try {
      own.value = await chat.call(own.value);
      localStorage.setItem('nickname', own.value);
    } catch (error) {
      complain('The nickname could not be changed.', error, () => own.dispatchEvent(new Event('change')));
    }
  });

  const notices = new Notices(mutiny, localStorage);
  const wanted = byId('notices', HTMLInputElement);
  const showStanding = (/** @type {import('./notices.js').Standing} */ standing) => {
    wanted.checked = standing === 'on';
    byId('notices-refused', HTMLElement).textContent =
      standing === 'refused' ? 'Chat may not show notifications. You can allow it in Mutiny, under Settings.' : '';
  };
  showStanding(notices.wanted ? 'on' : 'off');
  wanted.addEventListener('change', async () => {
    if (wanted.checked) showStanding(await notices.begin());
    else notices.end();
  });
  notices.addEventListener('change', (event) => showStanding(/** @type {CustomEvent} */ (event).detail));

  const lastSeen = (/** @type {string} */ key) => Number(localStorage.getItem(`seen:${key}`) ?? -1);

  const unread = (/** @type {Person} */ { key }) =>
    chat.messages(key).filter(({ author, order }) => author === 'them' && order > lastSeen(key)).length;

  const draw = () => {
    const person = current();
    if (person && person.key !== selected) selected = person.key;
    const last = person && chat.messages(person.key).at(-1);
    if (last && document.visibilityState === 'visible') localStorage.setItem(`seen:${last.with}`, String(last.order));

    drawList(
      chat.people.map((each) => ({ person: each, last: chat.messages(each.key).at(-1), unread: unread(each) })),
      person?.key ?? null,
    );
    document.body.classList.toggle('chosen', person !== undefined || chat.people.length === 0);
    document.body.classList.toggle('nobody', chat.people.length === 0);
    drawConversation(person);
  };

  const drawConversation = (/** @type {Person | undefined} */ person) => {
    const next = JSON.stringify(person ?? chat.people.length > 0);
    if (next === opened) return;
    opened = next;
    if (person?.state === 'connected') {
      if (open?.key === person.key) open.update(person);
      else open = new Conversation(person, chat, back);
      return;
    }
    open = undefined;
    if (person) showWaiting(person, back);
    else showNobody(chat.people.length > 0, beginner());
  };

  chat.addEventListener('change', (event) => {
    const { message, arrived } = /** @type {CustomEvent<{message?: Message, arrived: boolean}>} */ (event).detail;
    draw();
    if (message) open?.show(message);
    if (message && arrived) {
      const from = chat.people.find(({ key }) => key === message.with);
      arrivals.textContent = `${from?.name ?? 'Someone'}: ${shown(message.text)}`;
      void notices.tell(from, message.text);
    }
  });
  document.addEventListener('visibilitychange', draw);

  const receive = () =>
    chat
      .receive()
      .catch((error) => complain('New messages cannot be kept at the moment. They wait and are safe.', error, receive));
  const start = () =>
    chat
      .start()
      .then(receive, (error) => complain('Chat could not start. Nothing is lost.', error, () => location.reload()));
  void start();
};

if (!('mutiny' in window)) {
  complain('This page is an app for Mutiny.', 'Open its folder with Mutiny.', () => location.reload());
} else {
  openHistory().then(
    (history) => run(new Chat(mutiny, history)),
    (error) => complain('The messages kept on this computer cannot be read.', error, () => location.reload()),
  );
}
