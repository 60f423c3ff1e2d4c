/** What has happened, as far as the host has told, and which of it is shown. */

import type { ErrorView } from '../../../bindings/core';
import type { Happening } from '../../../bindings/dev';
import { errorView } from '../errors';
import { EVERYTHING, passing, type Filter } from './filters';
import { Batch, type Frame } from './frames';
import type { Host } from './host';
import { inFull, sentence, tone, type Scene } from './sentences';
import { Stories, type Story } from './stories';

/** How many the host tells at once. */
const PAGE = 500;

/** How many are kept, as many as the host does; and how many more may gather before the oldest go. */
const KEPT = 50_000;
const SLACK = 5_000;

/** How long failures gather before they are said aloud. */
const BREATH = 1000;

export class Timeline {
  /** Everything known was asked for once. */
  loaded = $state(false);
  /** Why the host could not be asked the last time. */
  problem = $state.raw<ErrorView>();
  /** What is shown in detail. */
  selected = $state.raw<Happening>();
  /** The newest stays in sight. */
  following = $state(true);
  /** What a screen reader should say next: failures, as they happen. */
  alarm = $state('');
  /** How many of the shown rows went because they were too old. */
  gone = $state(0);

  readonly #host: Pick<Host, 'timeline'>;
  readonly #batch: Batch;
  readonly #scene: Scene = { stories: new Stories(), app: 'The page' };
  #all: Happening[] = [];
  #shown: Happening[] = [];
  #filter = $state.raw<Filter>(EVERYTHING);
  /** Rises whenever what is not of Svelte's state has changed. */
  #revision = $state(0);
  #last = 0;
  /** The newest that was in sight while the list followed. */
  #seen = $state(0);
  #alarms: Happening[] = [];

  constructor(host: Pick<Host, 'timeline'>, frame?: Frame) {
    this.#host = host;
    this.#batch = new Batch(() => this.pull(), frame);
  }

  /** Something has happened. */
  wake(): void {
    this.#batch.wake();
  }

  /** Asks for all that is not known yet. */
  async pull(): Promise<void> {
    try {
      for (;;) {
        const next = await this.#host.timeline(this.#last);
        this.#take(next);
        if (next.length < PAGE) break;
      }
      this.problem = undefined;
      this.loaded = true;
    } catch (reason) {
      this.problem = errorView(reason);
    }
  }

  /** How many are known. */
  get count(): number {
    void this.#revision;
    return this.#all.length;
  }

  /** Those that pass the filter. The array stays the same while it grows; whoever reads it here is woken. */
  get shown(): readonly Happening[] {
    void this.#revision;
    return this.#shown;
  }

  /** What sentences need; it grows with what is known. */
  get scene(): Scene {
    void this.#revision;
    return this.#scene;
  }

  get filter(): Filter {
    return this.#filter;
  }

  set filter(filter: Filter) {
    this.#filter = filter;
    this.#sift();
    // Where the selected one is left out, there is no place to stay at.
    if (this.place(this.selected) < 0) this.follow(true);
  }

  /** How many of those shown came since the list stopped to follow. */
  get unseen(): number {
    const shown = this.shown;
    return this.following ? 0 : shown.length - search(shown, this.#seen + 1);
  }

  /** The app's name. */
  call(app: string): void {
    if (app === this.#scene.app) return;
    this.#scene.app = app;
    this.#revision += 1;
  }

  follow(following: boolean): void {
    if (following === this.following) return;
    if (!following) this.#seen = this.#all.at(-1)?.number ?? 0;
    this.following = following;
  }

  /** Shows one in detail. It must not run away from under the eye, so the list stays where it is. */
  select(happening: Happening | undefined): void {
    this.selected = happening;
    if (happening) this.follow(false);
  }

  /** The place of one among those shown, or -1. */
  place(happening: Happening | undefined): number {
    if (!happening) return -1;
    const shown = this.shown;
    const at = search(shown, happening.number);
    return shown[at]?.number === happening.number ? at : -1;
  }

  storyOf(happening: Happening): Story | undefined {
    return this.scene.stories.of(happening);
  }

  #take(next: readonly Happening[]) {
    if (next.length === 0) return;
    const { stories } = this.#scene;
    const passes = passing(this.#filter, this.#scene);
    for (const happening of next) {
      // A page that was asked for twice is taken once.
      if (happening.number <= this.#last) continue;
      this.#last = happening.number;
      stories.add(happening);
      this.#all.push(happening);
      if (passes(happening)) this.#shown.push(happening);
      if (this.loaded && tone(happening) === 'bad') this.#alarm(happening);
    }
    if (this.#all.length > KEPT + SLACK) this.#forget();
    this.#revision += 1;
  }

  #forget() {
    this.#all = this.#all.slice(-KEPT);
    this.#scene.stories = new Stories();
    for (const happening of this.#all) this.#scene.stories.add(happening);
    const first = this.#all[0]?.number ?? 0;
    const gone = search(this.#shown, first);
    this.#shown = this.#shown.slice(gone);
    this.gone += gone;
  }

  #sift() {
    this.#shown = this.#all.filter(passing(this.#filter, this.#scene));
    this.#revision += 1;
  }

  #alarm(happening: Happening) {
    this.#alarms.push(happening);
    if (this.#alarms.length > 1) return;
    setTimeout(() => {
      const last = this.#alarms.at(-1)!;
      const said = inFull(sentence(last, this.#scene));
      this.alarm = this.#alarms.length === 1 ? said : `${this.#alarms.length} failures, the last: ${said}`;
      this.#alarms = [];
    }, BREATH);
  }
}

/** The place of the first with this number or a higher one. */
function search(sorted: readonly Happening[], number: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]!.number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
