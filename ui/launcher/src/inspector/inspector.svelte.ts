/** What the inspector shows, as the host said it last. Like the launcher, it is woken and then asks. */

import type { Link, Session, Topic } from '../../../bindings/dev';
import { attempt } from '../notices';
import { Reading } from '../state.svelte';
import type { Host } from './host';
import { Timeline } from './timeline.svelte';

/** Queues change a hundred times a second; nobody reads that fast. */
const REST = 100;

export class Inspector {
  readonly host: Host;
  readonly session: Reading<Session>;
  readonly timeline: Timeline;

  readonly peers = $derived.by(() => this.session.value?.peers ?? []);
  readonly links = $derived.by(() => this.session.value?.links ?? []);

  readonly #toShow: (() => void)[] = [];
  readonly #byId = $derived.by(() => new Map(this.peers.map((peer) => [peer.id, peer.name])));
  readonly #ids = $derived.by(() => new Map(this.peers.map((peer) => [peer.name, peer.id])));

  constructor(host: Host) {
    this.host = host;
    this.timeline = new Timeline(host);
    this.session = new Reading(async () => {
      // What is waited for was done before this read began, and is shown once it ends.
      const shown = this.#toShow.splice(0);
      try {
        const session = await host.session();
        if (session.app) this.timeline.call(session.app.name);
        return session;
      } finally {
        setTimeout(() => shown.forEach((resolve) => resolve()));
      }
    }, REST);
  }

  /** Begins to watch, then reads everything once: in this order, so that no change falls in between. */
  async start(): Promise<void> {
    const watching = this.host.watch((topic) => this.#wake(topic));
    await watching.catch(() => {});
    await Promise.all([this.session.refresh(), this.timeline.pull()]);
    await watching;
  }

  /** Does something to the session; a failure is told. Resolves once what came of it is shown. */
  async act(work: () => Promise<void>): Promise<void> {
    if (!(await attempt(work))) return;
    // In a storm the reading is never done with refreshing; one read from now on is enough.
    const shown = new Promise<void>((resolve) => this.#toShow.push(resolve));
    void this.session.refresh();
    await shown;
  }

  /** The name that goes with a peer id. */
  named(id: string): string | undefined {
    return this.#byId.get(id);
  }

  /** What a peer's picture is made from: its id, or its name before it has one. */
  face(name: string): string {
    return this.#ids.get(name) || name;
  }

  /** Whom a peer is connected to. */
  reached(name: string): string[] {
    return this.links.filter((link) => link.connected && ends(link, name)).map((link) => other(link, name));
  }

  #wake(topic: Topic) {
    if (topic === 'session') void this.session.refresh();
    else this.timeline.wake();
  }
}

/** Whether a link ends at a peer. */
export function ends({ from, to }: Link, name: string): boolean {
  return from === name || to === name;
}

function other({ from, to }: Link, name: string): string {
  return from === name ? to : from;
}
