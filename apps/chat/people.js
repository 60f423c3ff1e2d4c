// Whom one can talk to: who was asked, who has accepted, and with whom there was a conversation before.

/**
 * @typedef {object} Person
 * @property {string} key what the person's place in the list goes by: `peer/instance` once connected, else the peer id
 * @property {string} peer
 * @property {string | null} instance
 * @property {string} name
 * @property {string} nickname what they announce to be called, or nothing
 * @property {boolean} online
 * @property {'waiting' | 'connected'} state
 */

/** @param {import('@mutiny/app').Address} address */
export const keyOf = ({ peer, instance }) => `${peer}/${instance}`;

/**
 * @param {import('@mutiny/app').Correspondent[]} correspondents
 * @param {Iterable<string>} conversations keys of the conversations there is a history of
 * @param {Map<string, string>} [nicknames] by key
 * @returns {Person[]} connected first, then by name
 */
export const listPeople = (correspondents, conversations, nicknames = new Map()) => {
  /** @type {Map<string, Person>} */
  const people = new Map();
  for (const { peer, instance, name, online } of correspondents) {
    const key = instance === null ? peer : keyOf({ peer, instance });
    const nickname = nicknames.get(key) ?? '';
    people.set(key, {
      key,
      peer,
      instance,
      name,
      nickname,
      online,
      state: instance === null ? 'waiting' : 'connected',
    });
  }
  // A conversation stays to be read when the host has forgotten the other side.
  for (const key of conversations) {
    if (people.has(key)) continue;
    const [peer = '', instance = ''] = key.split('/');
    const known = correspondents.find((other) => other.peer === peer);
    const name = known?.name ?? `${peer.slice(0, 8)}…${peer.slice(-4)}`;
    const nickname = nicknames.get(key) ?? '';
    people.set(key, { key, peer, instance, name, nickname, online: known?.online ?? false, state: 'connected' });
  }
  const rank = { connected: 0, waiting: 1 };
  return [...people.values()].sort(
    (a, b) => rank[a.state] - rank[b.state] || a.name.localeCompare(b.name) || (a.key < b.key ? -1 : 1),
  );
};
