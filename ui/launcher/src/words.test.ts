import { describe, expect, it } from 'vitest';
import { instance, peer } from '../dev/people';
import { accepting, asking, consequences, counted, edition, presence, removal, size, waitFor } from './words';

const now = new Date(2026, 6, 15, 12).getTime();

describe('counted', () => {
  it.each([
    ['0 messages', 0],
    ['1 message', 1],
    ['2 messages', 2],
    ['12,345 messages', 12345],
  ])('says “%s”', (words, n) => {
    expect(counted(n, 'message')).toBe(words);
  });
});

describe('waitFor', () => {
  it('agrees with the number', () => {
    expect(waitFor(1)).toBe('1 message waits for');
    expect(waitFor(2)).toBe('2 messages wait for');
    expect(waitFor(1000)).toBe('1,000+ messages wait for');
  });
});

describe('presence', () => {
  it.each([
    ['Online', {}],
    ['Online, nearby', { nearby: true }],
    ['Last seen 5 minutes ago', { presence: 'offline', lastSeen: now - 5 * 60_000 }],
    ['Not seen yet', { presence: 'offline', lastSeen: null }],
    ['Blocked', { trust: 'blocked' }],
  ] as const)('says “%s”', (words, some) => {
    expect(presence(peer(some), now)).toBe(words);
  });
});

describe('edition', () => {
  const NOW = 1_800_000_000_000;
  const used = (some: Parameters<typeof instance>[0] = {}) =>
    edition(instance({ lastActive: NOW - 300_000, ...some }), NOW);

  it('names the app only where the label does not, and says when it did something last', () => {
    expect(used()).toBe('Version 1.2.0 · active 5 minutes ago');
    expect(used({ label: 'Work' })).toBe('\u2068Chat\u2069 1.2.0 · active 5 minutes ago');
    expect(used({ open: true })).toBe('Version 1.2.0 · open now');
  });

  it('leaves out the version that a folder without a manifest has', () => {
    const bare = { version: '0.0.0' };
    expect(used({ app: bare })).toBe('Active 5 minutes ago');
    expect(used({ app: bare, open: true })).toBe('Open now');
    expect(used({ app: bare, label: 'Work' })).toBe('\u2068Chat\u2069 · active 5 minutes ago');
  });
});

describe('removal', () => {
  it.each([
    ['Remove Chat', {}],
    ['Remove Chat and its 3 waiting messages', { waiting: 3 }],
    ['Remove Chat and its 1 unread message', { unread: 1 }],
    ['Remove Chat and its 1 waiting and 1 unread messages', { waiting: 1, unread: 1 }],
  ])('says “%s”', (words, some) => {
    expect(removal(instance(some))).toBe(words);
  });

  it('explains what is lost, and what is not', () => {
    expect(consequences(instance({ waiting: 1, unread: 2 }))).toEqual([
      '1 message on the way to others will not be delivered.',
      '2 messages for you have not been read and will be gone.',
      'What it stored and whom it talks to is forgotten.',
      'The folder of the app stays where it is.',
    ]);
    expect(consequences(instance())).toHaveLength(2);
    expect(consequences(instance({ folder: null }))).toEqual(['What it stored and whom it talks to is forgotten.']);
  });
});

describe('size', () => {
  it.each([
    ['0 bytes', 0],
    ['1 byte', 1],
    ['999 bytes', 999],
    ['1 KB', 1000],
    ['1.4 MB', 1_440_000],
    ['14 MB', 14_400_000],
    ['1.1 GB', 1_073_741_824],
    ['2,000 GB', 2e12],
  ])('says “%s”', (words, bytes) => {
    expect(size(bytes)).toBe(words);
  });
});

describe('what an app asks for', () => {
  it('is said in sentences, and a word that is not known yet as it is', () => {
    expect(asking(['peers', 'teleport'])).toEqual(['To see everybody you know, and who is online', '“teleport”']);
    expect(accepting('invited')).toBe('People you invite from it');
    expect(accepting('martians')).toBe('martians');
  });
});
