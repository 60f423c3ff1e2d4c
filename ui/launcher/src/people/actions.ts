/** What the person decides about people. Each takes effect at once, and can be taken back at once. */

import type { Peer } from '../../../bindings/core';
import { host } from '../host';
import { attempt, tell } from '../notices';

/** Does it, says so, and offers to undo it. */
async function decide(work: () => Promise<void>, done: string, undo: () => Promise<void>): Promise<void> {
  await attempt(work, () => tell(done, { label: 'Undo', onClick: () => void attempt(undo) }));
}

export const block = ({ id, name }: Pick<Peer, 'id' | 'name'>) =>
  decide(
    () => host.blockPeer(id),
    `${name} is blocked.`,
    () => host.unblockPeer(id),
  );

export const unblock = ({ id, name }: Peer) =>
  decide(
    () => host.unblockPeer(id),
    `${name} is no longer blocked.`,
    () => host.blockPeer(id),
  );

export const befriend = ({ id, name }: Peer) =>
  decide(
    () => host.addFriend(id),
    `${name} is a friend now.`,
    () => host.removeFriend(id),
  );

export const unfriend = ({ id, name }: Peer) =>
  decide(
    () => host.removeFriend(id),
    `${name} is no longer a friend. Apps that you use together go on.`,
    () => host.addFriend(id),
  );
