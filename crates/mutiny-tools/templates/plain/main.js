// What people write here goes to everybody they are connected with.
// All of window.mutiny is described in types/mutiny.d.ts; your editor shows it as you type.

/** @typedef {import('./types/mutiny').JsonValue} JsonValue */

const connect = find('connect', HTMLButtonElement);
const people = find('people', HTMLElement);
const lines = find('lines', HTMLOListElement);
const problem = find('problem', HTMLElement);
const form = find('write', HTMLFormElement);
const line = find('line', HTMLInputElement);

/**
 * The names of those who are connected, by peer id.
 * @type {Map<string, string>}
 */
const names = new Map();

/** Whom this instance can send to. */
async function connected() {
  const all = await mutiny.invitations();
  return all.flatMap(({ peer, instance, name }) => (instance ? [{ peer, instance, name }] : []));
}

async function showPeople() {
  const known = await connected();
  for (const { peer, name } of known) names.set(peer, name);
  people.textContent = known.length
    ? `Connected with ${known.map(({ name }) => name).join(', ')}.`
    : 'Nobody is connected yet.';
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

/**
 * Does something, and shows the sentence of the error where it fails.
 * @param {() => Promise<void>} act
 */
async function attempt(act) {
  problem.textContent = '';
  try {
    await act();
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
  }
}

/**
 * An element of the page.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
function find(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} #${id}.`);
  return element;
}

connect.addEventListener('click', () =>
  attempt(async () => {
    // Mutiny asks the person whom, in a window of its own; this app learns of nobody else.
    await mutiny.invite();
  }),
);

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void attempt(async () => {
    const text = line.value;
    // Resolves when the message is safely stored; it arrives when the other side is there.
    for (const to of await connected()) await mutiny.send(to, { text });
    show('You', text);
    form.reset();
  });
});

mutiny.on('invitation', () => void attempt(showPeople));
await attempt(showPeople);

// The inbox, entry by entry. One is gone when the body of the loop has finished with it.
for await (const entry of mutiny) {
  if (entry.kind === 'failure') {
    show(names.get(entry.to.peer) ?? 'Somebody', `did not get a line: ${entry.reason}.`);
    continue;
  }
  const text = textOf(entry.data);
  if (text !== null) show(names.get(entry.from.peer) ?? 'Somebody', text);
}

/**
 * What another computer sent is not to be trusted: take only what is as it should be.
 * @param {JsonValue | Uint8Array} data
 * @returns {string | null}
 */
function textOf(data) {
  if (data === null || typeof data !== 'object' || !('text' in data)) return null;
  return typeof data.text === 'string' ? data.text : null;
}
