import { expect, test } from 'vitest';
import type { Candidate } from '../../../bindings/core';
import { groups } from './groups';

const person = (name: string, some: Partial<Candidate> = {}): Candidate => ({
  id: name,
  name,
  online: true,
  nearby: false,
  friend: false,
  invited: false,
  ...some,
});

const named = (people: Candidate[], sought = '') =>
  groups(people, sought).map(({ title, members }) => [title, ...members.map(({ name }) => name)]);

test('everybody is in one group, in the order the host gave', () => {
  const people = [person('Zoe', { friend: true, nearby: true }), person('Ana', { friend: true }), person('Ben')];
  expect(named([...people, person('Cleo', { nearby: true })])).toEqual([
    ['Friends', 'Zoe', 'Ana'],
    ['Nearby', 'Cleo'],
    ['Others', 'Ben'],
  ]);
});

test('a search is in any case and finds parts of names', () => {
  const people = [person('Ana María', { friend: true }), person('Ben'), person('Mariana', { nearby: true })];
  expect(named(people, ' ana ')).toEqual([
    ['Friends', 'Ana María'],
    ['Nearby', 'Mariana'],
  ]);
  expect(named(people, 'x')).toEqual([]);
});
