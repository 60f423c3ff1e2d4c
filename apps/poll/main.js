// The page: a form to ask, and a card for every poll.

import { MOST } from './ballot.js';
import { Group } from './group.js';
import { openShelf } from './shelf.js';

/** @import {Poll} from './ballot.js' */

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

const question = byId('question', HTMLInputElement);
const options = byId('options', HTMLTextAreaElement);
const problem = byId('problem', HTMLElement);

/** @param {unknown} error */
const complain = (error) => {
  problem.textContent = error instanceof Error ? error.message : String(error);
};

const { id: me } = await mutiny.peer;
const group = new Group(mutiny, await openShelf('poll', 'key'));
/** Names of the group, by peer. @type {Map<string, string>} */
let names = new Map();

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {(Node | string)[]} children
 */
const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

/**
 * A poll as the page shows it. Its elements are made once and then only written to: news that comes in between the press
 * and the release of a button must not take the click away, nor the keyboard.
 * @param {Poll} poll
 */
const card = (poll) => {
  const { id, question, options, author } = poll;
  const title = make('h2', { id: `poll-${id}`, textContent: question });
  const byline = make('p', { className: 'quiet' });
  const mine = () => group.ballot.vote(id, me)?.choice ?? null;
  const rows = options.map((option, index) => {
    const count = make('span', { className: 'count' });
    const answer = make('span', { className: 'answer', textContent: option });
    const button = make('button', { type: 'button', className: 'option' }, answer, count);
    button.addEventListener('click', () => {
      group.choose(id, mine() === index ? null : index).catch(complain);
    });
    return { button, count, who: make('p', { className: 'quiet' }) };
  });
  const items = rows.map(({ button, who }) => make('li', {}, button, who));
  const article = make('article', {}, title, byline, make('ul', {}, ...items));
  article.setAttribute('aria-labelledby', title.id);

  const update = () => {
    const votes = group.ballot.votes(id);
    const from = author === me ? 'You asked' : `${names.get(author) ?? 'Somebody'} asked`;
    byline.textContent = `${from} · ${votes.length === 1 ? '1 answer' : `${votes.length} answers`}`;
    rows.forEach(({ button, count, who }, index) => {
      const voters = votes.filter(({ choice }) => choice === index);
      const others = voters.filter(({ voter }) => voter !== me).map(({ voter, name }) => names.get(voter) ?? name);
      button.ariaPressed = String(mine() === index);
      button.style.setProperty('--share', String(votes.length === 0 ? 0 : voters.length / votes.length));
      count.textContent = String(voters.length);
      who.textContent = [...(others.length < voters.length ? ['You'] : []), ...others.sort()].join(', ');
    });
  };
  return { poll, article, update };
};

/** The cards that are on the page, by poll. @type {Map<string, ReturnType<typeof card>>} */
const cards = new Map();

const draw = () => {
  const { polls } = group.ballot;
  const list = byId('polls', HTMLElement);
  polls.forEach((poll, place) => {
    let shown = cards.get(poll.id);
    // Two versions of a poll with one id are somebody's mischief; the one that counts takes the place of the other.
    if (shown?.poll !== poll) {
      shown?.article.remove();
      shown = card(poll);
      cards.set(poll.id, shown);
    }
    shown.update();
    if (list.children[place] !== shown.article) list.insertBefore(shown.article, list.children[place] ?? null);
  });
  byId('empty', HTMLElement).hidden = polls.length > 0;
};

const refresh = async () => {
  const correspondents = await mutiny.invitations();
  names = new Map(correspondents.map(({ peer, name }) => [peer, name]));
  const members = correspondents.filter(({ instance }) => instance !== null).map(({ name }) => name);
  const waiting = correspondents.filter(({ instance }) => instance === null).map(({ name }) => name);
  byId('group', HTMLElement).textContent =
    (members.length > 0 ? `With ${members.join(', ')}` : 'Just you so far') +
    (waiting.length > 0 ? ` · waiting for ${waiting.join(', ')}` : '');
  draw();
  await group.greet();
};

byId('ask', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const answers = [...new Set(options.value.split('\n').map((line) => line.trim().slice(0, MOST.option)))].filter(
    Boolean,
  );
  if (answers.length < 2 || answers.length > MOST.options) {
    complain(new Error(`Give two to ${MOST.options} different answers, one a line.`));
    options.focus();
    return;
  }
  problem.textContent = '';
  group.ask(question.value.trim(), answers).then(() => {
    question.value = options.value = '';
    question.focus();
  }, complain);
});
byId('invite', HTMLButtonElement).addEventListener('click', () => {
  mutiny.invite().then(refresh, complain);
});
byId('invite', HTMLButtonElement).disabled = false;
group.addEventListener('change', () => {
  draw();
  byId('arrivals', HTMLElement).textContent = 'The polls have changed.';
});
mutiny.on('peer', () => refresh().catch(complain));
mutiny.on('invitation', () => refresh().catch(complain));

await group.start();
await refresh();
group.receive().catch(complain);
