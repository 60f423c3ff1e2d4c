// What was tried, and what came of it.

/** How long an attempt may take to show that it got through, in milliseconds. Refusals come at once. */
const PATIENCE = 1500;

/** The same for what is answered for certain, by a disk or a host that may have a lot to do. */
export const PATIENCE_WITH_THE_SURE = 20_000;

export const report = { planned: [], attempts: [], done: false };
window.report = report;

/** It was refused, and this is how. */
export const held = (seen) => ({ held: true, seen: String(seen) });
/** It got through. */
export const broke = (seen) => ({ held: false, seen: String(seen) });
/** Nothing here tells; whoever listens knows. */
export const unsure = (seen) => ({ held: null, seen: String(seen) });

/** An outcome from a promise that an outer wall would make fail. */
export const from = (promise) =>
  Promise.resolve(promise).then(
    (value) => broke(`it worked: ${describe(value)}`),
    (error) => held(error),
  );

/** The same for what a person would be asked about. That there is no camera here, say, is no refusal: somebody let it look. */
export const asked = (promise) =>
  Promise.resolve(promise).then(
    (value) => broke(`it worked: ${describe(value)}`),
    (error) => (isRefusal(error) ? held(error.message) : broke(`nobody refused: ${error.message}`)),
  );

/** How the engine says no; a position has numbers for it. */
const isRefusal = ({ name, code, PERMISSION_DENIED }) =>
  name === 'NotAllowedError' || (PERMISSION_DENIED !== undefined && code === PERMISSION_DENIED);

/** Where the machine is, or why it is not said. */
export const position = () =>
  new Promise((done, failed) => navigator.geolocation.getCurrentPosition(done, failed));

/** Waits for the tasks that are due, and `ms` milliseconds. */
export const after = (ms) => new Promise((done) => setTimeout(done, ms));

const describe = (value) => {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return (text ?? 'nothing').slice(0, 200);
};

/** Runs one attempt and notes its outcome. */
export const run = async (attempt, act, patience = PATIENCE) => {
  let outcome;
  try {
    outcome = await Promise.race([act(), after(patience).then(() => unsure('no answer'))]);
  } catch (error) {
    outcome = held(error);
  }
  note({ attempt, ...outcome });
};

const note = (entry) => {
  report.attempts.push(entry);
  const line = document.createElement('li');
  line.textContent = `${entry.attempt}: ${entry.seen}`;
  document.getElementById('report').append(line);
};

/** Announces what will be tried, so that what is never reported counts as well. */
export const plan = (names) => {
  report.planned = names;
};

/** The last word of a report. */
export const finish = () => {
  report.done = true;
  document.getElementById('state').textContent = `Tried ${report.attempts.length} ways out.`;
};
