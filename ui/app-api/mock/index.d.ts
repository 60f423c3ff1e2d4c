/**
 * A mock of `window.mutiny` for plain browsers and for tests: the script that the host injects, over a made-up host in
 * memory. Invitations are accepted at once, nothing is stored, and there are no walls: what counts in the end is Mutiny.
 */

import type { Mutiny, Person } from '@mutiny/app';

/** Who somebody is, and how they answer. */
export interface MockOptions {
  /** The app's id; instances of one app hear each other's announcements. `org.example.app` unless told otherwise. */
  app?: string;
  /** The app's version, `1.0.0` unless told otherwise. */
  version?: string;
  /** What the person says when they are asked for a permission: yes, unless told otherwise. */
  allow?: boolean;
  /** Is told what a notification reads, which the mock shows nowhere. */
  notified?: (notification: { title: string | null; text: string }) => void;
  /** Whom the person chooses at `invite()`: the first who is not invited yet, unless told otherwise. */
  choose?: (people: Person[]) => Person | null | Promise<Person | null>;
  /**
   * Where what the app saves goes; `false` says that the person changed their mind. In a browser it is downloaded, and
   * elsewhere it goes nowhere, unless told otherwise.
   */
  save?: (name: string, bytes: Uint8Array) => boolean | Promise<boolean>;
}

/** A person of the mock. */
export interface MockPeer {
  /** What their page has as `window.mutiny`. */
  readonly mutiny: Mutiny;
  /** Comes online or goes offline; messages wait meanwhile. */
  setOnline(online: boolean): void;
}

/**
 * People in one page, or in one test, who are connected with each other.
 *
 * ```js
 * const [ana, ben] = mockPeers(['Ana', 'Ben']);
 * await ana.mutiny.invite();
 * ```
 */
export function mockPeers(names: string[], options?: MockOptions): MockPeer[];

/**
 * Makes this page one person, connected with all other pages of the same origin that do the same (over a
 * BroadcastChannel), and gives it a `window.mutiny`. Does nothing where Mutiny has given it one already.
 */
export function mockPage(name: string, options?: MockOptions): void;
