/** The host's commands for the launcher, one function each. Every call may reject with what `errors.ts` understands. */

import { Channel, invoke } from '@tauri-apps/api/core';
import type {
  Acceptance,
  Computer,
  ContactOffer,
  Correspondent,
  Damage,
  Exchange,
  Grant,
  Instance,
  Invitation,
  Me,
  MessageState,
  Offer,
  OwnMessages,
  Peer,
  Permission,
  Settings,
  Topic,
  Transfer,
  Withdrawal,
} from '../../bindings/core';

function call<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  return invoke<T>(`plugin:launcher|${command}`, args);
}

export const host = {
  me: () => call<Me>('me'),
  setName: (name: string) => call<void>('set_name', { name }),

  peers: () => call<Peer[]>('peers'),
  /** By contact link, or by an address that names the peer. */
  addContact: (link: string) => call<Peer>('add_contact', { link }),
  blockPeer: (id: string) => call<void>('block_peer', { id }),
  /** A friend who was blocked is a friend again. */
  unblockPeer: (id: string) => call<void>('unblock_peer', { id }),
  addFriend: (id: string) => call<void>('add_friend', { id }),
  removeFriend: (id: string) => call<void>('remove_friend', { id }),
  /** An empty name brings back what they call themselves. */
  renamePeer: (id: string, name: string) => call<void>('rename_peer', { id, name }),

  instances: () => call<Instance[]>('instances'),
  /** Adds the app at a path: a folder, or a package file. */
  addApp: (place: string) => call<Instance>('add_app', { place }),
  /** One more instance of the app of an instance. */
  anotherInstance: (id: string) => call<Instance>('another_instance', { id }),
  /** Apps that came along with the program and are not here yet. */
  offers: () => call<Offer[]>('offers'),
  /** The icon that an instance's app brings along, as a `data:` URL. */
  appIcon: (id: string) => call<string | null>('app_icon', { id }),
  /** Gives an instance's open window an icon: 64 by 64 dots, four bytes each. */
  setWindowIcon: (id: string, dots: Uint8Array) =>
    invoke<void>('plugin:launcher|window_icon', dots, { headers: { id } }),
  /** Replaces an instance's app by the one at a path; an older one only where that is meant. */
  updateApp: (id: string, place: string, olderToo = false) => call<Instance>('update_app', { id, place, olderToo }),
  /** Goes back to what the app was before its last update. */
  restoreApp: (id: string) => call<Instance>('restore_app', { id }),
  /** Shows the app's files in the system's file manager. */
  showFiles: (id: string) => call<void>('show_files', { id }),
  /** Lets the person choose a folder; `null` if they changed their mind. */
  pickFolder: () => call<string | null>('pick_folder'),
  /** The same, with a package file. */
  pickPackage: () => call<string | null>('pick_package'),
  openInstance: (id: string) => call<void>('open_instance', { id }),
  /** An empty label brings back the app's own name. */
  renameInstance: (id: string, label: string) => call<void>('rename_instance', { id, label }),
  removeInstance: (id: string) => call<void>('remove_instance', { id }),

  invitations: () => call<Invitation[]>('invitations'),
  acceptInvitation: (id: string, acceptance: Acceptance) =>
    call<Instance>('accept_invitation', { id, with: acceptance }),
  /** Fetches the app of an invitation from whoever sent it, as soon as they are online. */
  getApp: (invitation: string) => call<void>('get_app', { invitation }),
  cancelTransfer: (invitation: string) => call<void>('cancel_transfer', { invitation }),
  transfers: () => call<Transfer[]>('transfers'),
  /** Whom an instance talks to, and with which version. */
  correspondents: (id: string) => call<Correspondent[]>('correspondents', { id }),
  declineInvitation: (id: string) => call<void>('decline_invitation', { id }),

  settings: () => call<Settings>('settings'),
  /** Changes the settings given, and no others. */
  setSettings: (change: Partial<Settings>) => call<void>('set_settings', { change }),

  /** Damage to the host's database that the person should know of. */
  damage: () => call<Damage | null>('damage'),
  damageSeen: () => call<void>('damage_seen'),

  /** What went from each instance to each peer, and what it waits for. */
  activity: () => call<Exchange[]>('activity'),
  /** A page of own messages; `after` is what the page before named as the next. */
  ownMessages: (instance: string, peer: string, state: MessageState, after: string | null) =>
    call<OwnMessages>('own_messages', { instance, peer, state, after }),
  withdraw: (instance: string, message: string) => call<Withdrawal>('withdraw', { instance, message }),
  /** Withdraws all that waits for a peer: from one instance, or from all. */
  withdrawAll: (peer: string, instance: string | null) => call<Withdrawal>('withdraw_all', { peer, instance }),
  /** Tries to reach a peer at once. */
  retry: (peer: string) => call<void>('retry', { peer }),

  /** How many messages failed since `failuresSeen`, 1000 at most. */
  failures: () => call<number>('failures'),
  /** The person has seen what failed until now. */
  failuresSeen: () => call<void>('failures_seen'),

  /** Opens the guide for people who write apps. */
  openGuide: () => call<void>('open_guide'),

  permissions: () => call<Grant[]>('permissions'),
  setPermission: (instance: string, permission: Permission, granted: boolean) =>
    call<void>('set_permission', { instance, permission, granted }),
  computer: () => call<Computer>('computer'),
  setAutostart: (wanted: boolean) => call<void>('set_autostart', { wanted }),
  /** Loads the page of an instance's window anew. */
  restartInstance: (id: string) => call<void>('restart_instance', { id }),
  /** The contact link that was opened outside of the launcher last, once. */
  contactOffer: () => call<ContactOffer | null>('contact_offer'),

  /** Calls `wake` with each topic that has changed, from now on. It carries no news itself: read the topic anew. */
  watch(wake: (topic: Topic) => void): Promise<void> {
    const channel = new Channel<Topic>();
    channel.onmessage = wake;
    return call<void>('watch', { channel });
  },
};

export type Host = typeof host;
