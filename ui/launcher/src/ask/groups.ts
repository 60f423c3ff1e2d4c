/** The people of a chooser, in the groups in which they are looked for. */

import type { Candidate } from '../../../bindings/core';

export interface Group {
  title: string;
  members: Candidate[];
}

/** Those whose names hold what is sought, each in one group; groups without anybody are left out. */
export function groups(people: readonly Candidate[], sought: string): Group[] {
  const wanted = sought.trim().toLocaleLowerCase();
  const found = people.filter((person) => person.name.toLocaleLowerCase().includes(wanted));
  return [
    { title: 'Friends', members: found.filter((person) => person.friend) },
    { title: 'Nearby', members: found.filter((person) => !person.friend && person.nearby) },
    { title: 'Others', members: found.filter((person) => !person.friend && !person.nearby) },
  ].filter(({ members }) => members.length > 0);
}
