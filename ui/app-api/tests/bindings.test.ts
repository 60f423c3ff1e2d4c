// The published types are written by hand, since they have to stand alone. The compiler holds them to what the host says.

import { expectTypeOf, test } from 'vitest';
import type * as published from '../mutiny.d.ts';
import type * as wire from '../../bindings/core.ts';

test('the published types are the types of the host', () => {
  expectTypeOf<published.Address>().toEqualTypeOf<wire.Address>();
  expectTypeOf<published.Announcement>().toEqualTypeOf<wire.Announcement>();
  expectTypeOf<published.App>().toEqualTypeOf<wire.App>();
  expectTypeOf<published.AppPeer>().toEqualTypeOf<wire.AppPeer>();
  expectTypeOf<published.Correspondent>().toEqualTypeOf<wire.Correspondent>();
  expectTypeOf<published.FailureReason>().toEqualTypeOf<wire.FailureReason>();
  expectTypeOf<published.Limits>().toEqualTypeOf<wire.Limits>();
  expectTypeOf<published.Person>().toEqualTypeOf<wire.Person>();
  expectTypeOf<published.Outcome>().toEqualTypeOf<wire.Outcome>();
  expectTypeOf<published.Failure>().toEqualTypeOf<Extract<wire.Entry, { kind: 'failure' }>>();
  expectTypeOf<published.Status>().toEqualTypeOf<wire.Status>();
});

test('a message is the entry of the host with its body as data', () => {
  expectTypeOf<Omit<published.Message, 'data'>>().toEqualTypeOf<
    Omit<Extract<wire.Entry, { kind: 'message' }>, 'body'>
  >();
  expectTypeOf<published.Entry['kind']>().toEqualTypeOf<wire.Entry['kind']>();
});

test('every event of the host has a type, and no other', () => {
  expectTypeOf<keyof published.Events>().toEqualTypeOf<wire.AppEvent['type']>();
});
