/** Work that is asked for a hundred times a second and done once a frame. */

/** Calls back at the next frame, or soon after where the window is hidden and has none. */
export type Frame = (work: () => void) => void;

const HIDDEN = 250;

export const frame: Frame = (work) => {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    cancelAnimationFrame(next);
    clearTimeout(late);
    work();
  };
  const next = requestAnimationFrame(once);
  const late = setTimeout(once, HIDDEN);
};

/** Turns any number of wakes within a frame into one run, and never runs twice at a time. */
export class Batch {
  readonly #run: () => Promise<void>;
  readonly #frame: Frame;
  #waiting = false;
  #running = false;
  #again = false;

  /** `run` deals with its own failures. */
  constructor(run: () => Promise<void>, at: Frame = frame) {
    this.#run = run;
    this.#frame = at;
  }

  wake(): void {
    if (this.#running) this.#again = true;
    else if (!this.#waiting) {
      this.#waiting = true;
      this.#frame(() => void this.#start());
    }
  }

  async #start() {
    this.#waiting = false;
    this.#running = true;
    try {
      await this.#run();
    } finally {
      this.#running = false;
    }
    if (!this.#again) return;
    this.#again = false;
    this.wake();
  }
}
