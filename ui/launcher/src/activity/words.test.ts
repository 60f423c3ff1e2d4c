import { describe, expect, it } from 'vitest';
import type { Holdup, OwnMessage } from '../../../bindings/core';
import { failure, messages, outlook, size, summary, times, waitingFor, withdrawn } from './words';

const NOW = Date.UTC(2026, 5, 1, 12);
const MINUTE = 60_000;

const away = (some: Partial<Holdup & { kind: 'away' }> = {}): Holdup => ({
  kind: 'away',
  attempts: 0,
  trying: false,
  next: null,
  trouble: null,
  ...some,
});

const message = (some: Partial<OwnMessage>): OwnMessage => ({
  id: 'x',
  state: 'queued',
  invitation: false,
  bytes: 1,
  sent: NOW - 5 * MINUTE,
  left: false,
  withdrawing: false,
  deadline: null,
  ended: null,
  reason: null,
  outcome: null,
  ...some,
});

describe('amounts', () => {
  it('say when the host did not count further', () => {
    expect([messages(1), messages(999), messages(1000)]).toEqual(['1 message', '999 messages', '1,000+ messages']);
  });

  it('give sizes a unit', () => {
    expect([0, 1, 999, 1000, 1449, 12_345, 999_400, 1_048_576].map(size)).toEqual([
      '0 bytes',
      '1 byte',
      '999 bytes',
      '1 KB',
      '1.4 KB',
      '12 KB',
      '999 KB',
      '1 MB',
    ]);
  });
});

describe('what messages wait for', () => {
  it('is a person, not a dial error', () => {
    expect(waitingFor(away(), 'Ana')).toBe('Waiting for Ana to come online');
    expect(waitingFor({ kind: 'none' }, 'Ana')).toBe('On the way to Ana');
  });

  it('comes with what happens next', () => {
    const soon = { next: NOW + 2 * MINUTE };
    expect(outlook(away(soon), 'Ana', NOW)).toBe('Tries again in 2 minutes.');
    expect(outlook(away({ trying: true }), 'Ana', NOW)).toBe('Trying now…');
    expect(outlook(away({ ...soon, attempts: 4, trouble: 'no-answer' }), 'Ana', NOW)).toBe(
      'No answer to 4 attempts. Tries again in 2 minutes.',
    );
    expect(outlook({ kind: 'none' }, 'Ana', NOW)).toBe('');
  });
});

describe('a message', () => {
  it('says when it was sent and how long it waits', () => {
    expect(times(message({ deadline: NOW + 3 * 24 * 60 * MINUTE }), NOW)).toBe(
      'Sent 5 minutes ago, given up in 3 days',
    );
    expect(times(message({ state: 'delivered', ended: NOW - MINUTE }), NOW)).toBe(
      'Sent 5 minutes ago, arrived 1 minute ago',
    );
  });

  it('says why it failed, and whether that is certain', () => {
    const failed = { state: 'failed', outcome: 'not-delivered' } as const;
    expect(failure(message({ ...failed, reason: 'unknown-instance' }), 'Ana')).toBe(
      'Ana’s computer does not have this app any more.',
    );
    expect(failure(message({ ...failed, reason: 'expired', outcome: 'unknown' }), 'Ana')).toBe(
      'Ana did not come online in time. It may have arrived all the same.',
    );
  });
});

describe('a withdrawal', () => {
  const nothing = { withdrawn: 0, uncertain: 0, arrived: 0, underWay: 0 };

  it('of one message says what came of it', () => {
    expect(withdrawn({ ...nothing, withdrawn: 1 }, 'Ana')).toBe('Withdrawn. Ana will not get it.');
    expect(withdrawn({ ...nothing, arrived: 1 }, 'Ana')).toBe('Too late: Ana has it already.');
    expect(withdrawn({ ...nothing, withdrawn: 1, uncertain: 1 }, 'Ana')).toContain('may have it');
  });

  it('of several counts', () => {
    expect(withdrawn({ ...nothing, withdrawn: 12, arrived: 1 }, 'Ana')).toBe(
      '12 messages withdrawn. 1 had arrived already.',
    );
    expect(withdrawn(nothing, 'Ana')).toBe('Nothing was waiting any more.');
  });
});

it('sums up for screen readers', () => {
  expect(summary([])).toBe('0 messages wait, 0 failed.');
});
