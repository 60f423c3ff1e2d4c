/**
 * What the launcher shows, as the host said it last.
 *
 * The host never pushes data. Its `watch` channel names a topic that changed, and the readings of that topic are read
 * anew; so a lost, doubled or late wake can at worst cost a read.
 */

import type {
  Damage,
  ErrorView,
  Exchange,
  Grant,
  Instance,
  Invitation,
  Me,
  Offer,
  Peer,
  Settings,
  Topic,
  Transfer,
} from '../../bindings/core';
import { arrivals } from './arrivals';
import { errorView } from './errors';
import type { Host } from './host';

/** One value read from the host. A failed read keeps the value of the last good one beside its problem. */
export class Reading<T> {
  value = $state.raw<T>();
  problem = $state.raw<ErrorView>();

  readonly #read: () => Promise<T>;
  readonly #rest: number;
  #running: Promise<void> | undefined;
  #stale = false;

  /** `rest`: how long to leave the host alone before it is asked again, in milliseconds. */
  constructor(read: () => Promise<T>, rest = 0) {
    this.#read = read;
    this.#rest = rest;
  }

  /** Reads anew. Calls during a read lead to one more read after it, however many they are. */
  refresh(): Promise<void> {
    this.#stale = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run() {
    while (this.#stale) {
      this.#stale = false;
      try {
        this.value = await this.#read();
        this.problem = undefined;
      } catch (reason) {
        this.problem = errorView(reason);
      }
      if (this.#rest > 0) await new Promise((rested) => setTimeout(rested, this.#rest));
    }
    // In the same turn as the last look at `#stale`, so that no call slips in between.
    this.#running = undefined;
  }
}

export class Launcher {
  readonly me: Reading<Me>;
  readonly peers: Reading<Peer[]>;
  readonly instances: Reading<Instance[]>;
  readonly invitations: Reading<Invitation[]>;
  /** Apps that are fetched from whoever invited. */
  readonly transfers: Reading<Transfer[]>;
  readonly settings: Reading<Settings>;
  readonly damage: Reading<Damage | null>;
  /** How own messages fare: read only while somebody looks at it. */
  readonly activity: Reading<Exchange[]>;
  readonly permissions: Reading<Grant[]>;
  /** How many messages failed that the person has not seen to have failed. */
  readonly failures: Reading<number>;
  /** Apps that came along and are not here yet: read while somebody looks at the apps, or at invitations. */
  readonly offers: Reading<Offer[]>;

  /** What a screen reader should say next: the invitations that arrived last. */
  arrived = $state('');

  /** What is shown first. */
  get first(): Reading<unknown>[] {
    return [this.me, this.settings, this.instances];
  }

  readonly unanswered = $derived.by(() => (this.invitations.value ?? []).filter((it) => it.answer === 'open'));
  readonly answered = $derived.by(() => (this.invitations.value ?? []).filter((it) => it.answer !== 'open'));

  readonly #host: Host;
  #followers = 0;

  constructor(host: Host) {
    this.#host = host;
    this.me = new Reading(() => host.me());
    this.peers = new Reading(() => host.peers());
    // A busy app changes both a thousand times a second, and nobody reads so fast.
    this.instances = new Reading(() => host.instances(), 100);
    this.invitations = new Reading(async () => {
      const before = this.invitations.value;
      const after = await host.invitations();
      this.arrived = arrivals(before, after) || this.arrived;
      return after;
    }, 100);
    this.transfers = new Reading(() => host.transfers());
    this.settings = new Reading(() => host.settings());
    this.damage = new Reading(() => host.damage());
    // A busy app changes it a thousand times a second.
    this.activity = new Reading(() => host.activity(), 250);
    this.permissions = new Reading(() => host.permissions());
    // What fails is told of with what else becomes of messages.
    this.failures = new Reading(() => host.failures(), 500);
    this.offers = new Reading(() => host.offers());
  }

  /**
   * Begins to watch and reads what is shown first; and everything when it watches, since what changed before that was not
   * told. Reads also where watching failed, and rejects then.
   */
  async start(): Promise<void> {
    const watching = this.#host.watch((topic) => void this.wake(topic));
    const all = [
      this.me,
      this.peers,
      this.instances,
      this.invitations,
      this.transfers,
      this.settings,
      this.damage,
      this.permissions,
      this.failures,
    ];
    // What would push aside what is shown first comes with it, if it can.
    for (const reading of [...this.first, this.damage, this.invitations, this.failures]) void reading.refresh();
    await watching.catch(() => {});
    await Promise.all(all.map((reading) => reading.refresh()));
    await watching;
  }

  /** Keeps `activity` up to date from now on, until what it returns is called. */
  followActivity(): () => void {
    this.#followers += 1;
    void this.activity.refresh();
    return () => (this.#followers -= 1);
  }

  /** Reads anew what a topic touches. */
  async wake(topic: Topic): Promise<void> {
    await Promise.all(this.#touchedBy(topic).map((reading) => reading.refresh()));
  }

  #touchedBy(topic: Topic): Reading<unknown>[] {
    switch (topic) {
      case 'me':
        return [this.me, this.damage];
      case 'peers':
        // An invitation shows its sender's name.
        return [this.peers, this.invitations, ...this.#followed()];
      case 'instances':
        // An invitation lists the instances it can be accepted with.
        return [this.instances, this.invitations, this.failures, ...this.#followed()];
      case 'invitations':
        return [this.invitations, this.transfers];
      case 'transfers':
        return [this.transfers];
      case 'settings':
        return [this.settings];
      case 'activity':
        return [this.failures, ...this.#followed()];
      case 'permissions':
        return [this.permissions];
    }
  }

  #followed(): Reading<unknown>[] {
    return this.#followers > 0 ? [this.activity] : [];
  }
}
