// An instance of @mutiny/node has the words of window.mutiny: the compiler holds the one to the other.

import { expectTypeOf, test } from 'vitest';
import type * as page from '../mutiny.d.ts';
import type * as node from '../../node-client/index.d.ts';

test('the types of @mutiny/node are those of @mutiny/app', () => {
  expectTypeOf<node.Address>().toEqualTypeOf<page.Address>();
  expectTypeOf<node.Announcement>().toEqualTypeOf<page.Announcement>();
  expectTypeOf<node.App>().toEqualTypeOf<page.App>();
  expectTypeOf<node.AppPeer>().toEqualTypeOf<page.AppPeer>();
  expectTypeOf<node.Correspondent>().toEqualTypeOf<page.Correspondent>();
  expectTypeOf<node.DeliveryEvent>().toEqualTypeOf<page.DeliveryEvent>();
  expectTypeOf<node.Entry>().toEqualTypeOf<page.Entry>();
  expectTypeOf<node.Events>().toEqualTypeOf<page.Events>();
  expectTypeOf<node.InstanceInfo>().toEqualTypeOf<page.InstanceInfo>();
  expectTypeOf<node.JsonValue>().toEqualTypeOf<page.JsonValue>();
  expectTypeOf<node.Limits>().toEqualTypeOf<page.Limits>();
  expectTypeOf<node.Person>().toEqualTypeOf<page.Person>();
  expectTypeOf<node.SendOptions>().toEqualTypeOf<page.SendOptions>();
  expectTypeOf<node.Status>().toEqualTypeOf<page.Status>();
});

test('an instance can stand in for window.mutiny, but for what belongs to a window', () => {
  type InAWindow = 'save' | 'notify' | 'invite' | typeof Symbol.asyncIterator;
  expectTypeOf<node.Instance>().toExtend<Omit<page.Mutiny, InAWindow>>();
  expectTypeOf<node.Instance>().toExtend<AsyncIterable<page.Entry>>();
  expectTypeOf<node.Instance['invite']>().toEqualTypeOf<(peer: string) => Promise<page.Person>>();
  expectTypeOf<Exclude<keyof page.Mutiny, keyof node.Instance>>().toEqualTypeOf<'save' | 'notify'>();
});
