import { commands } from './attempts/commands.js';
import { devices } from './attempts/devices.js';
import { documents } from './attempts/documents.js';
import { files } from './attempts/files.js';
import { loads } from './attempts/loads.js';
import { names } from './attempts/names.js';
import { navigations } from './attempts/navigations.js';
import { storage } from './attempts/storage.js';
import { workers } from './attempts/workers.js';
import { PATIENCE_WITH_THE_SURE, finish, plan, run } from './report.js';
import './attempts/gestures.js';
import './storms.js';

const sink = await (await fetch('/sink.json')).json();

/** An attempt by its name: the name is also the path at which the sink would see it. */
const bind = (group, patience) =>
  Object.entries(group).map(([name, act]) => [name, () => act({ sink, name, url: `${sink.http}/${name}` }), patience]);

// What only loads can go on at once; the rest takes turns, and what may take the page away comes last.
const atOnce = [...bind(loads), ...bind(workers), ...bind(documents), ...(sink.zone ? bind(names) : [])];
const inTurn = [
  ...bind(commands, PATIENCE_WITH_THE_SURE),
  ...bind(files),
  ...bind(devices),
  ...bind(storage, PATIENCE_WITH_THE_SURE),
  ...bind(navigations),
];

plan([...atOnce, ...inTurn].map(([name]) => name));
await Promise.all(atOnce.map(([name, act]) => run(name, act)));
for (const [name, act, patience] of inTurn) await run(name, act, patience);
finish();
