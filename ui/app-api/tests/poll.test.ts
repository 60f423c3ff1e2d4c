// The polls of apps/poll: copies that end up the same, and groups in which not everybody knows everybody.

import { describe, expect, test } from 'vitest';
import { Ballot, MOST, type Poll, type Vote } from '../../../apps/poll/ballot.js';
import { Group, type Kept } from '../../../apps/poll/group.js';
import type { Address, Entry } from '../../bindings/core.ts';
import { Host, uuid } from './host.ts';

const poll = (id: string, question = 'Where?'): Poll => ({
  id,
  question,
  options: ['Here', 'There'],
  author: 'ana',
  asked: 1,
});
const vote = (voter: string, choice: number | null, turn = 0): Vote => ({
  poll: 'p',
  voter,
  name: voter,
  choice,
  turn,
});

/** All orders of a list. */
const orders = <T>(list: T[]): T[][] =>
  list.length < 2 ? [list] : list.flatMap((first, i) => orders(list.toSpliced(i, 1)).map((rest) => [first, ...rest]));

describe('a ballot', () => {
  test('is the same in whatever order the news comes, and however often', () => {
    const news = [
      { polls: [poll('p')] },
      { polls: [poll('p', 'Where else?')] },
      { votes: [vote('ana', 0)] },
      { votes: [vote('ana', 1, 1)] },
      { votes: [vote('ben', 1), vote('ben', 0)] },
    ];
    const ends = orders(news).map((order) => {
      const ballot = new Ballot();
      for (const part of [...order, ...order.slice(0, 2)]) ballot.merge(part);
      return JSON.stringify({
        polls: ballot.polls,
        votes: ballot.votes('p').sort((a, b) => (a.voter < b.voter ? -1 : 1)),
      });
    });
    expect(ends).toHaveLength(120);
    expect(new Set(ends).size).toBe(1);
  });

  test('counts the latest choice of a person, and none that was taken back', () => {
    const ballot = new Ballot();
    ballot.merge({
      polls: [poll('p')],
      votes: [vote('ana', 1, 1), vote('ana', 0), vote('ben', 0), vote('ben', null, 1)],
    });
    expect(ballot.votes('p')).toEqual([vote('ana', 1, 1)]);
  });

  test('says what was new, and the second time nothing', () => {
    const ballot = new Ballot();
    const news = { polls: [poll('p')], votes: [vote('ana', 1)] };
    expect(ballot.merge(news)).toEqual(news);
    expect(ballot.merge(news)).toEqual({ polls: [], votes: [] });
  });

  test.each([
    null,
    'polls',
    { polls: 'p', votes: 7 },
    { polls: [null, {}, { ...poll('p'), options: ['one'] }, { ...poll('p'), question: ' ' }, { ...poll('p'), id: 7 }] },
    {
      polls: [
        { ...poll('p'), question: 'x'.repeat(MOST.question + 1) },
        { ...poll('p'), options: [1, 2] },
      ],
    },
    {
      votes: [{ ...vote('ana', 0), choice: 0.5 }, { ...vote('ana', 99) }, { ...vote('ana', 0), turn: -1 }, vote('', 0)],
    },
  ])('leaves out what is not in order: %j', (news) => {
    expect(new Ballot().merge(news)).toEqual({ polls: [], votes: [] });
  });
});

/** Somebody with a window, whose host the tests connect with others. */
class Member {
  host = new Host();
  kept = new Map<string, Kept>();
  address: Address;
  group!: Group;
  carried = 0;

  constructor(name: string, n: number) {
    this.address = { peer: name, instance: uuid(n) };
    this.host.introduction = { ...this.host.introduction, address: this.address, name };
  }

  knows(...others: Member[]) {
    this.host.correspondents = others.map(({ address }) => ({
      ...address,
      name: address.peer,
      version: '1.0.0',
      online: true,
    }));
  }

  async open() {
    const shelf = {
      all: async () => structuredClone([...this.kept.values()]),
      put: async (thing: Kept) => void this.kept.set(thing.key, structuredClone(thing)),
    };
    this.group = new Group(this.host.openPage(), shelf);
    await this.group.start();
    void this.group.receive();
  }
}

/** Carries messages until nobody has anything left to say. Returns how many there were. */
const settle = async (...members: Member[]) => {
  let messages = 0;
  for (let quiet = 0; quiet < 2;) {
    const before = messages;
    for (const { host, address, ...member } of members) {
      const from = members.find((it) => it.address === address)!;
      for (const { id, to, body } of host.sent.slice(member.carried)) {
        from.carried += 1;
        messages += 1;
        const target = members.find((it) => it.address.peer === to.peer)!;
        target.host.receive({ kind: 'message', id, from: address, sent: 0, body } as Entry);
        await expect.poll(() => target.host.inbox).toEqual([]);
      }
    }
    quiet = messages === before ? quiet + 1 : 0;
  }
  return messages;
};

const choices = ({ group }: Member) =>
  group.ballot.polls.map(({ id, question }) => [
    question,
    Object.fromEntries(group.ballot.votes(id).map(({ voter, choice }) => [voter, choice])),
  ]);

test('news reaches people who do not know its author', async () => {
  const [ana, ben, cleo] = [new Member('ana', 1), new Member('ben', 2), new Member('cleo', 3)];
  ana.knows(ben);
  ben.knows(ana, cleo);
  cleo.knows(ben);
  for (const member of [ana, ben, cleo]) await member.open();
  await ana.group.ask('Where?', ['Here', 'There']);
  await settle(ana, ben, cleo);
  const [{ id }] = cleo.group.ballot.polls as [Poll];
  await cleo.group.choose(id, 1);
  await ana.group.choose(id, 0);
  await settle(ana, ben, cleo);
  for (const member of [ana, ben, cleo]) expect(choices(member)).toEqual([['Where?', { ana: 0, cleo: 1 }]]);
});

test('in a circle everything comes to rest', async () => {
  const members = [1, 2, 3, 4].map((n) => new Member(`m${n}`, n));
  for (const member of members) member.knows(...members.filter((other) => other !== member));
  for (const member of members) await member.open();
  await members[0]!.group.ask('Where?', ['Here', 'There']);
  expect(await settle(...members)).toBeLessThanOrEqual(4 * 3 * 2);
  for (const member of members) expect(choices(member)).toEqual([['Where?', {}]]);
});

test('somebody who joins later gets all there was', async () => {
  const [ana, ben] = [new Member('ana', 1), new Member('ben', 2)];
  await ana.open();
  await ben.open();
  await ana.group.ask('Where?', ['Here', 'There']);
  ana.knows(ben);
  await ana.group.greet();
  await settle(ana, ben);
  expect(choices(ben)).toEqual([['Where?', {}]]);
});

test('what was kept is there again after the window was closed', async () => {
  const ana = new Member('ana', 1);
  await ana.open();
  await ana.group.ask('Where?', ['Here', 'There']);
  await ana.open();
  expect(choices(ana)).toEqual([['Where?', {}]]);
});
