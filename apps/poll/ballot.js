// Polls and votes that end up the same at everybody's, in whatever order and however often they arrive.
//
// Everything is a set that only grows, or a choice between two things that does not depend on which came first:
// merging is commutative, associative and idempotent (a state-based CRDT: Shapiro et al., "Conflict-free Replicated Data
// Types", 2011). So copies can be sent around freely, by anybody, over any detour.

/**
 * @typedef {object} Poll
 * @property {string} id made by its author
 * @property {string} question
 * @property {string[]} options
 * @property {string} author peer id
 * @property {number} asked milliseconds since the Unix epoch, by the author's clock
 */

/**
 * The latest choice of one person in one poll.
 * @typedef {object} Vote
 * @property {string} poll
 * @property {string} voter peer id
 * @property {string} name what the voter is called, as they say themselves
 * @property {number | null} choice index of the option; null takes the vote back
 * @property {number} turn how often the voter had chosen before
 */

/** @typedef {{polls: Poll[], votes: Vote[]}} News */

/** Limits, so that nobody can fill somebody else's disk. */
export const MOST = { polls: 500, voters: 200, options: 8, question: 200, option: 80, name: 100, id: 64, turns: 1e6 };

/** @param {Vote} vote */
export const keyOf = ({ poll, voter }) => `${poll} ${voter}`;

export class Ballot {
  /** @type {Map<string, Poll>} */
  #polls = new Map();
  /** @type {Map<string, Vote>} */
  #votes = new Map();

  /** Every poll, newest first. */
  get polls() {
    return [...this.#polls.values()].sort((a, b) => b.asked - a.asked || (a.id < b.id ? -1 : 1));
  }

  /** Every vote that counts for a poll. @param {string} poll */
  votes(poll) {
    return [...this.#votes.values()].filter((vote) => vote.poll === poll && vote.choice !== null);
  }

  /** @param {string} poll @param {string} voter */
  vote(poll, voter) {
    return this.#votes.get(keyOf({ poll, voter, name: '', choice: null, turn: 0 }));
  }

  /** All there is, for somebody who has nothing yet. @returns {News} */
  everything() {
    return { polls: [...this.#polls.values()], votes: [...this.#votes.values()] };
  }

  /**
   * Takes in what somebody else knows.
   * @param {unknown} news as it came from outside; what is not in order is left out
   * @returns {News} what of it was new
   */
  merge(news) {
    const { polls, votes } = /** @type {{polls?: unknown, votes?: unknown}} */ (Object(news));
    return {
      polls: (Array.isArray(polls) ? polls : []).filter((poll) => isPoll(poll) && this.#mergePoll(poll)),
      // A vote may come before its poll: it waits in the set, and shows when the poll is there.
      votes: (Array.isArray(votes) ? votes : []).filter((vote) => isVote(vote) && this.#mergeVote(vote)),
    };
  }

  /** @param {Poll} poll */
  #mergePoll(poll) {
    const known = this.#polls.get(poll.id);
    if (!known && this.#polls.size >= MOST.polls) return false;
    if (known && later(known, poll) === known) return false;
    this.#polls.set(poll.id, poll);
    return true;
  }

  /** @param {Vote} vote */
  #mergeVote(vote) {
    const key = keyOf(vote);
    const known = this.#votes.get(key);
    if (!known && this.#votes.size >= MOST.polls * MOST.voters) return false;
    if (known && (known.turn > vote.turn || (known.turn === vote.turn && later(known, vote) === known))) return false;
    this.#votes.set(key, vote);
    return true;
  }
}

/**
 * One of two versions that claim the same place: the same one at everybody's, whichever came first.
 * @template T
 * @param {T} a
 * @param {T} b
 */
const later = (a, b) => (canonical(a) >= canonical(b) ? a : b);

/** @param {unknown} thing */
const canonical = (thing) => JSON.stringify(Object.entries(Object(thing)).sort(([a], [b]) => (a < b ? -1 : 1)));

/** @param {unknown} text @param {number} most */
const isText = (text, most) => typeof text === 'string' && text.trim() !== '' && text.length <= most;

/** @param {unknown} poll @returns {poll is Poll} */
const isPoll = (poll) => {
  const { id, question, options, author, asked } = /** @type {Record<string, unknown>} */ (Object(poll));
  return (
    isText(id, MOST.id) &&
    isText(question, MOST.question) &&
    isText(author, MOST.id) &&
    Number.isSafeInteger(asked) &&
    Array.isArray(options) &&
    options.length >= 2 &&
    options.length <= MOST.options &&
    options.every((option) => isText(option, MOST.option))
  );
};

/** @param {unknown} vote @returns {vote is Vote} */
const isVote = (vote) => {
  const { poll, voter, name, choice, turn } = /** @type {Record<string, unknown>} */ (Object(vote));
  const inRange = (/** @type {unknown} */ number, /** @type {number} */ most) =>
    Number.isSafeInteger(number) && Number(number) >= 0 && Number(number) < most;
  return (
    isText(poll, MOST.id) &&
    isText(voter, MOST.id) &&
    isText(name, MOST.name) &&
    (choice === null || inRange(choice, MOST.options)) &&
    inRange(turn, MOST.turns)
  );
};
