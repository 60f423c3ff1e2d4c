// The pings of apps/ping, over the real script and a host in miniature.

import { beforeEach, describe, expect, test } from 'vitest';
import { duration, median, Pings } from '../../../apps/ping/pings.js';
import type { Entry } from '../../bindings/core.ts';
import { ana, Host, uuid } from './host.ts';

let host: Host;
let pings: Pings;
let clock: number;
let entries = 0;

const fromAna = (value: unknown) =>
  ({ kind: 'message', id: uuid(++entries), from: ana, sent: 0, body: { type: 'json', value } }) as Entry;

const contents = () => host.sent.map(({ body }) => body.value as { ping?: string; pong?: string });

beforeEach(() => {
  host = new Host();
  clock = 1_000;
  pings = new Pings(host.openPage(), () => clock);
  void pings.receive();
});

/** Sends a ping that comes back after some time. */
const roundTrip = async (ms: number) => {
  await pings.ping(ana);
  clock += ms;
  host.receive(fromAna({ pong: contents().at(-1)?.ping }));
  await expect.poll(() => pings.track(ana).flying).toBeNull();
};

test('a round trip is measured from the ping to its pong', async () => {
  await roundTrip(12);
  await roundTrip(8);
  expect(pings.track(ana).times).toEqual([12, 8]);
});

test('a ping is answered by its pong, to the address it came from', async () => {
  host.receive(fromAna({ ping: 'a' }), fromAna({ ping: 'b' }));
  await expect.poll(contents).toEqual([{ pong: 'a' }, { pong: 'b' }]);
  expect(host.sent.map(({ to }) => to)).toEqual([ana, ana]);
});

test('a ping that cannot be answered does not hold up the next', async () => {
  host.refusals['send'] = [{ code: 'QuotaExceeded', message: 'Too much is waiting.' }];
  host.receive(fromAna({ ping: 'a' }), fromAna({ ping: 'b' }));
  await expect.poll(contents).toEqual([{ pong: 'b' }]);
});

test('only one ping is on its way at a time', async () => {
  await Promise.all([pings.ping(ana), pings.ping(ana)]);
  await pings.ping(ana);
  expect(host.sent).toHaveLength(1);
});

describe('what comes back', () => {
  test('too late counts as a sign of life and not as a time', async () => {
    await pings.ping(ana);
    clock += 60_000;
    expect(pings.isLate(ana)).toBe(true);
    host.receive(fromAna({ pong: contents()[0]?.ping }));
    await expect.poll(() => pings.isLate(ana)).toBe(false);
    expect(pings.track(ana).times).toEqual([]);
  });

  test('from another page or from nowhere changes nothing', async () => {
    await pings.ping(ana);
    host.receive(fromAna({ pong: 'of the page before' }), fromAna(null), fromAna({ pong: 7 }));
    await expect.poll(() => host.inbox).toEqual([]);
    expect(pings.track(ana)).toMatchObject({ times: [], flying: { since: 1_000 } });
  });

  test('as a failure notice ends the ping', async () => {
    await pings.ping(ana);
    const message = host.sent[0]?.id ?? '';
    host.receive({ kind: 'failure', id: uuid(800), message, to: ana, reason: 'expired', outcome: 'not-delivered' });
    await expect.poll(() => pings.track(ana)).toEqual({ times: [], flying: null, problem: 'No answer.' });
  });
});

test('a ping that the host refuses says why', async () => {
  host.refusals['send'] = [{ code: 'Storage', message: 'The database failed.' }];
  await pings.ping(ana);
  expect(pings.track(ana)).toEqual({ times: [], flying: null, problem: 'The database failed.' });
});

test('the usual time is the one in the middle', () => {
  expect(median([])).toBeUndefined();
  expect(median([9, 100, 1])).toBe(9);
  expect([duration(0.84), duration(85.4)]).toEqual(['0.8 ms', '85 ms']);
});
