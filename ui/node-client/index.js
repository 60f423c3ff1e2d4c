// Drives mutiny-node, a Mutiny peer without windows. index.d.ts describes it.

export { MutinyError } from './lib/error.js';
export { Peer } from './lib/peer.js';
