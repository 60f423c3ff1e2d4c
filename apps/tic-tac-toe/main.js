// The page: opponents at the top, the board of the chosen one below.

import { Matches, keyOf } from './matches.js';
import { cells, isOver, winningLine } from './rules.js';
import { openShelf } from './shelf.js';

/** @import {Correspondent} from '@mutiny/app' */
/** @import {Match} from './matches.js' */
/** @import {Mark} from './rules.js' */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** How the marks are drawn, in a square of 20. @type {Record<Mark, string>} */
const SHAPES = { X: 'M4,4 16,16 M16,4 4,16', O: 'M10,4 a6,6 0 1,0 0.01,0 z' };

const { peer, instance } = await mutiny.instance;
const matches = new Matches(mutiny, await openShelf('matches', 'key'), { peer, instance });

/** @type {Correspondent[]} */
let opponents = [];
let chosen = localStorage.getItem('chosen');

/** @param {unknown} error */
const complain = (error) => {
  byId('problem').textContent = error instanceof Error ? error.message : String(error);
};

/** The nine buttons, made once so that focus stays where it is. */
const squares = Array.from({ length: 9 }, (_, cell) => {
  const square = document.createElement('button');
  square.type = 'button';
  square.addEventListener('click', () => {
    if (chosen) matches.play(chosen, cell).catch(complain);
  });
  byId('board').append(square);
  return square;
});

/** @param {Mark} mark */
const drawing = (mark) => {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', SHAPES[mark]);
  svg.append(path);
  return svg;
};

/** @param {Match} match @param {string} name */
const drawBoard = (match, name) => {
  const { moves } = match;
  const mine = matches.mark(match);
  const line = winningLine(moves);
  const board = cells(moves);
  const myTurn = matches.isMyTurn(match);
  squares.forEach((square, cell) => {
    const mark = board[cell] ?? null;
    const place = `Row ${Math.floor(cell / 3) + 1}, column ${(cell % 3) + 1}`;
    square.ariaLabel = `${place}: ${mark === null ? 'free' : mark}`;
    square.disabled = mark !== null || !myTurn;
    square.classList.toggle('mine', mark === mine);
    square.classList.toggle('won', line?.includes(cell) ?? false);
    if (square.dataset['mark'] !== (mark ?? '')) square.replaceChildren(...(mark ? [drawing(mark)] : []));
    square.dataset['mark'] = mark ?? '';
  });
  if (line) byId('status').textContent = board[line[0] ?? 0] === mine ? 'You won!' : `${name} won`;
  else if (isOver(moves)) byId('status').textContent = 'A draw';
  else byId('status').textContent = myTurn ? `Your turn: you are ${mine}` : `${name}’s turn`;
  byId('again').hidden = !isOver(moves);
  byId('problem').textContent = match.problem ? `${name}’s computer ${match.problem}.` : '';
  byId('resend').hidden = !match.problem || match.sent !== null || myTurn || moves.length === 0;
};

/**
 * The buttons at the top, by opponent; kept, so that news in the middle of a click does not take it away.
 * @type {Map<string, HTMLButtonElement>}
 */
const buttons = new Map();

/** @param {string} key */
const opponentButton = (key) => {
  const button = document.createElement('button');
  button.type = 'button';
  button.addEventListener('click', () => {
    chosen = key;
    localStorage.setItem('chosen', chosen);
    draw();
  });
  buttons.set(key, button);
  return button;
};

/** @param {Correspondent | undefined} known */
const drawOpponents = (known) => {
  for (const [key, button] of buttons) {
    if (opponents.some((other) => keyOf(other) === key)) continue;
    button.remove();
    buttons.delete(key);
  }
  opponents.forEach((other, place) => {
    const button = buttons.get(keyOf(other)) ?? opponentButton(keyOf(other));
    button.textContent = other.name;
    button.ariaCurrent = other === known ? 'true' : null;
    const list = byId('opponents');
    if (list.children[place] !== button) list.insertBefore(button, list.children[place] ?? null);
  });
};

const draw = () => {
  const known = opponents.find((other) => keyOf(other) === chosen) ?? opponents[0];
  chosen = known ? keyOf(known) : null;
  drawOpponents(known);
  byId('nobody').hidden = known !== undefined;
  byId('waiting').hidden = known === undefined || known.instance !== null;
  byId('table').hidden = !known?.instance;
  if (!known) return;
  byId('waiting').textContent = `Waiting for ${known.name} to accept. You can close this window until then.`;
  if (!known.instance) return;
  const match = matches.against(keyOf(known));
  drawBoard(match, known.name);
  const away = !known.online && !matches.isMyTurn(match) && !isOver(match.moves);
  byId('delivery').textContent = away ? `${known.name} is offline. Your move waits for them.` : '';
};

const refresh = async () => {
  opponents = await mutiny.invitations();
  draw();
};

byId('invite').addEventListener('click', () => {
  mutiny.invite().then(refresh, complain);
});
byId('invite').removeAttribute('disabled');
byId('again').addEventListener('click', () => {
  if (chosen) matches.again(chosen).catch(complain);
});
byId('resend').addEventListener('click', () => {
  if (chosen) matches.sendAgain(chosen).catch(complain);
});
matches.addEventListener('change', draw);
mutiny.on('peer', () => refresh().catch(complain));
mutiny.on('invitation', () => refresh().catch(complain));

await matches.start();
await refresh();
matches.receive().catch(complain);
