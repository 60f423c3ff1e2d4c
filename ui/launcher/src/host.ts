/** The host's commands for the launcher, one function each. Every call may reject with what `errors.ts` understands. */

import { Channel, invoke } from '@tauri-apps/api/core';
import type { LauncherCommands } from '../../bindings/commands';
import type { Acceptance, MessageState, Permission, SettingsChange, Topic } from '../../bindings/core';
import { caller } from './commands';

const call = caller<LauncherCommands>('launcher');

/** What `index.html` has asked for. */
declare global {
  var asked: Map<keyof LauncherCommands, Promise<unknown>> | undefined;
}

/** The answer to what was asked for early, once: then it may be old. */
function early<Name extends keyof LauncherCommands>(name: Name) {
  const answer = globalThis.asked?.get(name);
  globalThis.asked?.delete(name);
  return answer as Promise<ReturnType<LauncherCommands[Name]>> | undefined;
}

export const host = {
  me: () => early('me') ?? call('me'),
  setName: (name: string) => call('set_name', { name }),

  peers: () => call('peers'),
  /** By contact link, or by an address that names the peer. */
  addContact: (link: string) => call('add_contact', { link }),
  blockPeer: (id: string) => call('block_peer', { id }),
  /** A friend who was blocked is a friend again. */
  unblockPeer: (id: string) => call('unblock_peer', { id }),
  addFriend: (id: string) => call('add_friend', { id }),
  removeFriend: (id: string) => call('remove_friend', { id }),
  /** An empty name brings back what they call themselves. */
  renamePeer: (id: string, name: string) => call('rename_peer', { id, name }),

  instances: () => early('instances') ?? call('instances'),
  /** Adds the app at a path: a folder, or a package file. */
  addApp: (place: string) => call('add_app', { place }),
  /** One more instance of the app of an instance. */
  anotherInstance: (id: string) => call('another_instance', { id }),
  /** Apps that came along with the program and are not here yet. */
  offers: () => call('offers'),
  /** The icon that an instance's app brings along, as a `data:` URL. */
  appIcon: (id: string) => call('app_icon', { id }),
  /** Gives an instance's open window an icon: 64 by 64 dots, four bytes each. The instance travels in a header. */
  setWindowIcon: (id: string, dots: Uint8Array) =>
    invoke<void>('plugin:launcher|window_icon', dots, { headers: { id } }),
  /** Replaces an instance's app by the one at a path; an older one only where that is meant. */
  updateApp: (id: string, place: string, olderToo = false) => call('update_app', { id, place, olderToo }),
  /** Goes back to what the app was before its last update. */
  restoreApp: (id: string) => call('restore_app', { id }),
  /** Shows the app's files in the system's file manager. */
  showFiles: (id: string) => call('show_files', { id }),
  /** Lets the person choose a folder; `null` if they changed their mind. */
  pickFolder: () => call('pick_folder'),
  /** The same, with a package file. */
  pickPackage: () => call('pick_package'),
  openInstance: (id: string) => call('open_instance', { id }),
  /** An empty label brings back the app's own name. */
  renameInstance: (id: string, label: string) => call('rename_instance', { id, label }),
  removeInstance: (id: string) => call('remove_instance', { id }),

  invitations: () => call('invitations'),
  acceptInvitation: (id: string, acceptance: Acceptance) => call('accept_invitation', { id, with: acceptance }),
  /** Fetches the app of an invitation from whoever sent it, as soon as they are online. */
  getApp: (invitation: string) => call('get_app', { invitation }),
  cancelTransfer: (invitation: string) => call('cancel_transfer', { invitation }),
  transfers: () => call('transfers'),
  /** Whom an instance talks to, and with which version. */
  correspondents: (id: string) => call('correspondents', { id }),
  declineInvitation: (id: string) => call('decline_invitation', { id }),

  settings: () => early('settings') ?? call('settings'),
  /** Changes the settings given, and no others. */
  setSettings: (change: SettingsChange) => call('set_settings', { change }),

  /** Damage to the host's database that the person should know of. */
  damage: () => call('damage'),
  damageSeen: () => call('damage_seen'),

  /** What went from each instance to each peer, and what it waits for. */
  activity: () => call('activity'),
  /** A page of own messages; `after` is what the page before named as the next. */
  ownMessages: (instance: string, peer: string, state: MessageState, after: string | null) =>
    call('own_messages', { instance, peer, state, after }),
  withdraw: (instance: string, message: string) => call('withdraw', { instance, message }),
  /** Withdraws all that waits for a peer: from one instance, or from all. */
  withdrawAll: (peer: string, instance: string | null) => call('withdraw_all', { peer, instance }),
  /** Tries to reach a peer at once. */
  retry: (peer: string) => call('retry', { peer }),

  /** How many messages failed since `failuresSeen`, 1000 at most. */
  failures: () => call('failures'),
  /** The person has seen what failed until now. */
  failuresSeen: () => call('failures_seen'),

  /** Opens the guide for people who write apps. */
  openGuide: () => call('open_guide'),

  permissions: () => call('permissions'),
  setPermission: (instance: string, permission: Permission, granted: boolean) =>
    call('set_permission', { instance, permission, granted }),
  computer: () => call('computer'),
  setAutostart: (wanted: boolean) => call('set_autostart', { wanted }),
  /** Loads the page of an instance's window anew. */
  restartInstance: (id: string) => call('restart_instance', { id }),
  /** The contact link that was opened outside of the launcher last, once. */
  contactOffer: () => call('contact_offer'),

  /** What the launcher shows was read from the host, and is drawn. */
  usable: () => call('usable'),

  /** Calls `wake` with each topic that has changed, from now on. It carries no news itself: read the topic anew. */
  watch(wake: (topic: Topic) => void): Promise<void> {
    const channel = new Channel<Topic>();
    channel.onmessage = wake;
    return call('watch', { channel });
  },
};

export type Host = typeof host;
