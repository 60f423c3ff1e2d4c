/** Peers for tests: on this machine only, with folders of their own that go when they close. */

import type { Instance, Peer, PeerOptions } from './index.d.ts';

/** A peer for a test. It listens on loopback only, and is not looked for. */
export interface TestPeer extends Peer {
  /** Where its profile is: hand it to `startPeer` as `dataDir` to start the same peer again. */
  readonly dataDir: string;
}

/**
 * Starts a peer for a test, by its person's name. Its folder is removed when it closes, unless a `dataDir` is given, or it
 * is killed.
 */
export declare function startPeer(name: string, options?: PeerOptions): Promise<TestPeer>;

/** Has two instances of one app invite each other, and resolves when each can send to the other. */
export declare function introduce(one: Instance, other: Instance): Promise<void>;

/**
 * Asks until the answer is neither `null`, `undefined` nor `false`, and resolves with it. Rejects after ten seconds unless
 * told otherwise, saying what was waited for.
 */
export declare function until<T>(
  what: string,
  ask: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  timeout?: number,
): Promise<T>;

/** Why there can be no peers here, as a sentence; `false` if there can. For the `skip` of a test. */
export declare function missing(): string | false;
