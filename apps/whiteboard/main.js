// The page: pens, and the board.

import { Shared } from './shared.js';
import { openShelf } from './shelf.js';
import { COLOURS, HEIGHT, WIDTH, WIDTHS } from './strokes.js';

/** @import {Stroke} from './board.js' */

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

const canvas = byId('board', HTMLCanvasElement);
const context = canvas.getContext('2d');
const problem = byId('problem', HTMLElement);

/** @param {unknown} error */
const complain = (error) => {
  problem.textContent = error instanceof Error ? error.message : String(error);
};

/** The colour that a name stands for, light or dark, as a canvas takes it. @param {string} name */
const colourOf = (name) => {
  canvas.style.color = `var(--${name})`;
  return getComputedStyle(canvas).color;
};

const { peer, instance } = await mutiny.instance;
const shared = new Shared(mutiny, await openShelf(), { peer, instance });

/** One of a row of choices. @param {string} group @param {string} label @param {number} index */
const choice = (group, label, index) => {
  const input = Object.assign(document.createElement('input'), { type: 'radio', name: group, value: String(index) });
  input.ariaLabel = label;
  input.checked = index === Number(localStorage.getItem(group) ?? 0);
  input.addEventListener('change', () => localStorage.setItem(group, input.value));
  return input;
};

COLOURS.forEach((colour, index) => {
  const input = choice('colour', `Colour ${colour}`, index);
  input.style.setProperty('--dot', `var(--${colour})`);
  byId('colours', HTMLElement).append(input);
});
['Thin pen', 'Pen', 'Marker'].forEach((label, index) => {
  const input = choice('width', label, index);
  input.style.setProperty('--size', `${(WIDTHS[index] ?? 4) / 2 + 4}px`);
  byId('widths', HTMLElement).append(input);
});

/** @param {string} group */
const chosen = (group) => {
  const input = /** @type {HTMLInputElement | null} */ (document.querySelector(`input[name=${group}]:checked`));
  return Number(input?.value ?? 0);
};

/** @param {Stroke} stroke */
const drawStroke = ({ colour, width, points }) => {
  if (!context) return;
  const [first, ...rest] = points;
  if (!first) return;
  context.strokeStyle = colourOf(COLOURS[colour] ?? 'ink');
  context.lineWidth = WIDTHS[width] ?? 4;
  context.beginPath();
  context.moveTo(first.x, first.y);
  // A point alone is a dot.
  if (rest.length === 0) context.lineTo(first.x, first.y);
  for (const { x, y } of rest) context.lineTo(x, y);
  context.stroke();
};

let isDue = false;
const draw = () => {
  isDue = false;
  if (!context) return;
  context.clearRect(0, 0, WIDTH, HEIGHT);
  context.lineCap = context.lineJoin = 'round';
  for (const stroke of shared.board.strokes) drawStroke(stroke);
  if (shared.wet) drawStroke(shared.wet);
};

/** However much happens, once a frame is enough. */
const redraw = () => {
  if (!isDue) requestAnimationFrame(draw);
  isDue = true;
};

/** @param {PointerEvent} event */
const place = ({ clientX, clientY }) => {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return { x: ((clientX - left) / width) * WIDTH, y: ((clientY - top) / height) * HEIGHT };
};

canvas.addEventListener('pointerdown', (event) => {
  if (event.button !== 0) return;
  // A pen that leaves the board comes back without letting go. A pen made up by a test cannot be held.
  if (event.isTrusted) canvas.setPointerCapture(event.pointerId);
  shared.begin(chosen('colour'), chosen('width'), place(event));
});
canvas.addEventListener('pointermove', (event) => {
  const events = event.getCoalescedEvents?.() ?? [];
  for (const part of events.length > 0 ? events : [event]) shared.move(place(part));
});
for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => shared.end());

const refresh = async () => {
  const correspondents = await mutiny.invitations();
  const names = correspondents.map(({ name, instance }) => (instance === null ? `${name} (asked)` : name));
  byId('group', HTMLElement).textContent = names.length === 0 ? 'Just you so far' : `With ${names.join(', ')}`;
  await shared.greet();
};

byId('undo', HTMLButtonElement).addEventListener('click', () => shared.undo());
byId('clear', HTMLButtonElement).addEventListener('click', () => shared.clear());
byId('invite', HTMLButtonElement).addEventListener('click', () => {
  mutiny.invite().then(refresh, complain);
});
byId('invite', HTMLButtonElement).disabled = false;
document.addEventListener('keydown', (event) => {
  if (event.key === 'z' && (event.ctrlKey || event.metaKey)) shared.undo();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
shared.addEventListener('change', redraw);
shared.addEventListener('problem', (event) => complain(/** @type {CustomEvent} */ (event).detail));
mutiny.on('peer', () => refresh().catch(complain));
mutiny.on('invitation', () => refresh().catch(complain));

await shared.start();
await refresh();
redraw();
shared.receive().catch(complain);
