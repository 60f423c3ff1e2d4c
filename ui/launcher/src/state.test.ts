import { describe, expect, it, vi } from 'vitest';
import type { Instance, Invitation, Me, Peer, Settings, Topic, Transfer } from '../../bindings/core';
import { instance, invitation, me, peer, settings } from '../dev/people';
import type { Host } from './host';
import { Launcher, Reading } from './state.svelte';

/** A read that the test answers by hand. */
function byHand<T>() {
  const asked: ((value: T) => void)[] = [];
  const read = () => new Promise<T>((resolve) => asked.push(resolve));
  return { asked, read };
}

/** A host that answers from memory, notes what was read, and lets the test wake the launcher. */
function world() {
  const has = {
    me: me(),
    peers: [peer()],
    instances: [instance()],
    invitations: [] as Invitation[],
    settings: settings(),
  };
  const reads: string[] = [];
  const answering =
    <T>(topic: string, value: () => T) =>
    () => {
      reads.push(topic);
      return Promise.resolve(value());
    };
  let wake: (topic: Topic) => void = () => {};
  const host = {
    me: answering<Me>('me', () => has.me),
    peers: answering<Peer[]>('peers', () => has.peers),
    instances: answering<Instance[]>('instances', () => has.instances),
    invitations: answering<Invitation[]>('invitations', () => has.invitations),
    transfers: answering<Transfer[]>('transfers', () => []),
    failures: answering<number>('failures', () => 0),
    settings: answering<Settings>('settings', () => has.settings),
    watch: (woken: (topic: Topic) => void) => {
      reads.push('watch');
      wake = woken;
      return Promise.resolve();
    },
  } as Host;
  return { has, reads, host, wake: (topic: Topic) => wake(topic) };
}

describe('Reading', () => {
  it('reads once more, and only once, for all calls during a read', async () => {
    const { asked, read } = byHand<number>();
    const reading = new Reading(read);
    const first = reading.refresh();
    void reading.refresh();
    const last = reading.refresh();
    asked[0]?.(1);
    await vi.waitUntil(() => asked.length === 2);
    expect(reading.value).toBe(1);
    asked[1]?.(2);
    await Promise.all([first, last]);
    expect(reading.value).toBe(2);
    expect(asked).toHaveLength(2);
  });

  it('reads again after a read has ended', async () => {
    let n = 0;
    const reading = new Reading(() => Promise.resolve(++n));
    await reading.refresh();
    await reading.refresh();
    expect(reading.value).toBe(2);
  });

  it('keeps the last value beside a problem, until a read works', async () => {
    const answers = [
      () => 'good',
      () => Promise.reject({ code: 'Storage', message: 'The disk is full.' }),
      () => 'better',
    ];
    const reading = new Reading(async () => answers.shift()?.());
    await reading.refresh();
    await reading.refresh();
    expect(reading.value).toBe('good');
    expect(reading.problem).toEqual({ code: 'Storage', message: 'The disk is full.' });
    await reading.refresh();
    expect(reading.value).toBe('better');
    expect(reading.problem).toBeUndefined();
  });
});

describe('Launcher', () => {
  it('reads at once what is shown first, and everything when it watches, so that no change is missed', async () => {
    const { host, reads, has } = world();
    const before = has.me;
    const launcher: Launcher = new Launcher({
      ...host,
      watch: async (wake) => {
        await vi.waitUntil(() => launcher.me.value === before);
        has.me = me({ name: 'Clara' });
        await host.watch(wake);
      },
    });
    await launcher.start();
    const all = ['me', 'peers', 'instances', 'invitations', 'transfers', 'settings', 'failures'];
    const [first, again] = [reads.slice(0, reads.indexOf('watch')), reads.slice(reads.indexOf('watch') + 1)];
    expect(first).toEqual(['me', 'settings', 'instances', 'invitations', 'failures']);
    expect(again.toSorted()).toEqual(all.toSorted());
    expect(launcher.me.value).toBe(has.me);
    expect(launcher.peers.value).toBe(has.peers);
  });

  it.each([
    ['me', ['me']],
    ['peers', ['peers', 'invitations']],
    ['instances', ['instances', 'invitations', 'failures']],
    ['activity', ['failures']],
    ['invitations', ['invitations', 'transfers']],
    ['transfers', ['transfers']],
  ] as const)('reads anew what %s touches', async (topic, touched) => {
    const { host, reads } = world();
    const launcher = new Launcher(host);
    await launcher.wake(topic);
    expect(reads).toEqual(touched);
  });

  it('shows what a wake was about', async () => {
    const { host, has, wake } = world();
    const launcher = new Launcher(host);
    await launcher.start();
    has.peers = [peer({ name: 'Clara' })];
    wake('peers');
    await vi.waitUntil(() => launcher.peers.value === has.peers);
  });

  it('announces invitations that arrive, and not those that were there', async () => {
    const { host, has } = world();
    has.invitations = [invitation({ fromName: 'Ben' })];
    const launcher = new Launcher(host);
    await launcher.start();
    expect(launcher.arrived).toBe('');
    has.invitations = [
      invitation({ fromName: 'Clara', appName: 'Ping' }),
      invitation({ fromName: 'Dana', answer: 'declined' }),
      ...has.invitations,
    ];
    await launcher.wake('invitations');
    expect(launcher.arrived).toBe('Clara invites you to Ping.');
    expect(launcher.unanswered).toHaveLength(2);
    expect(launcher.answered).toHaveLength(1);
  });

  it('reads on where watching failed, and says so', async () => {
    const { host } = world();
    const launcher = new Launcher({ ...host, watch: () => Promise.reject('no') });
    await expect(launcher.start()).rejects.toBe('no');
    expect(launcher.peers.value).toHaveLength(1);
  });
});
