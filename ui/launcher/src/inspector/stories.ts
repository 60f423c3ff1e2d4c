/** What belongs together in a timeline: the way of each message, and what switches were before they were changed. */

import type { Happening } from '../../../bindings/dev';
import { said } from './quote';

/** A happening of one kind. */
export type Of<K extends Happening['kind']> = Happening & { kind: K };

/** The way of one message, or of one invitation, from its sender to the app at the other end. */
export interface Story {
  message: string;
  /** Who sent it, and who it is for, as far as that is known. */
  from?: string;
  to?: string;
  /** It is an invitation, or the answer to one. */
  invitation: boolean;
  /** What it says, in a line; empty for an invitation, and where its sending is forgotten. */
  says: string;
  /** All that happened to it, in the order in which it did. */
  steps: Happening[];
}

/** The story so far of everything that was added. */
export class Stories {
  readonly #stories = new Map<string, Story>();
  /** Invitations without an answer, by who invited whom. */
  readonly #open = new Map<string, Story>();
  /** The story of an answer, by its happening's number. */
  readonly #answers = new Map<number, Story>();
  /** How the switches of a peer or a link are, and how they were before a happening. */
  readonly #switches = new Map<string, Happening>();
  readonly #before = new Map<number, Happening>();

  /** Adds what happened next. */
  add(happening: Happening): void {
    if (happening.kind === 'conditions') return this.#switched(happening.peer, happening);
    if (happening.kind === 'link') {
      return this.#switched([happening.peer, happening.to].sort().join('\n'), happening);
    }
    if (happening.kind === 'answered') return this.#answered(happening);
    const id = messageOf(happening);
    if (id === undefined) return;
    let story = this.#stories.get(id);
    // An entry that nothing is known of is a failure notice, or its message is forgotten.
    if (!story && happening.kind === 'taken') return;
    if (!story) this.#stories.set(id, (story = { message: id, invitation: false, says: '', steps: [] }));
    this.#tell(story, happening);
    story.steps.push(happening);
  }

  /** The story that a happening is part of. */
  of(happening: Happening): Story | undefined {
    const id = messageOf(happening);
    return id === undefined ? this.#answers.get(happening.number) : this.#stories.get(id);
  }

  /** The switches as they were before a change of them, if they had been changed before. */
  before<K extends 'conditions' | 'link'>(change: Of<K>): Of<K> | undefined {
    return this.#before.get(change.number) as Of<K> | undefined;
  }

  #switched(key: string, happening: Happening) {
    const before = this.#switches.get(key);
    if (before) this.#before.set(happening.number, before);
    this.#switches.set(key, happening);
  }

  #answered(happening: Of<'answered'>) {
    const key = `${happening.from}\n${happening.peer}`;
    const story = this.#open.get(key);
    if (!story) return;
    this.#open.delete(key);
    this.#answers.set(happening.number, story);
    story.steps.push(happening);
  }

  #tell(story: Story, happening: Happening) {
    switch (happening.kind) {
      case 'sent':
        story.from = happening.peer;
        story.to = happening.to;
        story.says = said(happening);
        break;
      case 'received':
        story.from ??= happening.from;
        story.to ??= happening.peer;
        break;
      case 'invited':
        story.from = happening.peer;
        story.to = happening.to;
        story.invitation = true;
        break;
      case 'invitation':
        story.from ??= happening.from;
        story.to ??= happening.peer;
        story.invitation = true;
        this.#open.set(`${story.from}\n${story.to}`, story);
        break;
      case 'acknowledged':
      case 'failed':
        story.from ??= happening.peer;
        break;
    }
  }
}

/** The message that a happening is about. */
export function messageOf(happening: Happening): string | undefined {
  if ('message' in happening) return happening.message;
  return happening.kind === 'taken' ? happening.entry : undefined;
}

/** A step of a story, and how long it took since the one before. */
export interface Step {
  happening: Happening;
  /** Milliseconds since the step before; null for the first. */
  after: number | null;
}

export function steps(story: Story): Step[] {
  return story.steps.map((happening, i) => {
    const before = story.steps[i - 1];
    // The peers' clocks are one, but what they report comes a little out of order at times.
    return { happening, after: before ? Math.max(0, happening.at - before.at) : null };
  });
}

/** What a story still waits for, in a sentence; empty where it has ended. */
export function outlook({ steps, from, to, invitation }: Story): string {
  const has = (...kinds: Happening['kind'][]) => steps.some(({ kind }) => kinds.includes(kind));
  if (has('failed', 'taken', 'answered')) return '';
  if (has('received')) return `It waits in ${to}’s inbox until the app takes it.`;
  // Where peers accept by themselves, nobody answers.
  if (has('invitation', 'acknowledged')) return '';
  return invitation ? `${to} does not have it yet.` : `It waits in ${from}’s outbox: ${to} does not have it yet.`;
}
