/** The launcher over a made-up host, to look at without Rust: `/dev/?scenario=NAME`. No part of the product. */

import { MadeUpHost } from './host';
import { scenarios } from './scenarios';

const name = new URLSearchParams(location.search).get('scenario') ?? 'normal';
const scenario = scenarios[name];
if (!scenario) throw new Error(`There is no scenario ${name}; there are ${Object.keys(scenarios).join(', ')}.`);

const host = new MadeUpHost(scenario());
host.install();
// For the console: `host.invite()`, `host.drag('enter')`.
Object.assign(window, { host });

// After the mock, since the launcher talks to the host as soon as it is there.
await import('../src/main');
