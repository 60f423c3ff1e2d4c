// Generated from the commands in src-tauri. Do not edit; run `make types`.

import type { Channel } from '@tauri-apps/api/core';
import type {
  Acceptance,
  Address,
  Announcement,
  AppEvent,
  AppPeer,
  Asking,
  Body,
  Candidate,
  Computer,
  ContactOffer,
  Correspondent,
  Damage,
  Entry,
  Exchange,
  Grant,
  Instance,
  Introduction,
  Invitation,
  JsonValue,
  Me,
  MessageState,
  Offer,
  OwnMessages,
  Peer,
  Permission,
  Person,
  Settings,
  SettingsChange,
  Status,
  Topic,
  Transfer,
  Withdrawal,
} from './core';
import type * as dev from './dev';

/** The commands in src-tauri/src/launcher.rs, by name. */
export type LauncherCommands = {
  me: () => Me;
  set_name: (args: { name: string }) => void;
  peers: () => Array<Peer>;
  add_contact: (args: { link: string }) => Peer;
  instances: () => Array<Instance>;
  add_app: (args: { place: string }) => Instance;
  pick_folder: () => string | null;
  open_instance: (args: { id: string }) => void;
  rename_instance: (args: { id: string; label: string }) => void;
  remove_instance: (args: { id: string }) => void;
  invitations: () => Array<Invitation>;
  accept_invitation: (args: { id: string; with: Acceptance }) => Instance;
  decline_invitation: (args: { id: string }) => void;
  open_guide: () => void;
  watch: (args: { channel: Channel<Topic> }) => void;
  usable: () => void;
  settings: () => Settings;
  set_settings: (args: { change: SettingsChange }) => void;
  damage: () => Damage | null;
  damage_seen: () => void;
  activity: () => Array<Exchange>;
  own_messages: (args: { instance: string; peer: string; state: MessageState; after: string | null }) => OwnMessages;
  withdraw: (args: { instance: string; message: string }) => Withdrawal;
  withdraw_all: (args: { peer: string; instance: string | null }) => Withdrawal;
  retry: (args: { peer: string }) => void;
  pick_package: () => string | null;
  another_instance: (args: { id: string }) => Instance;
  update_app: (args: { id: string; place: string; olderToo: boolean }) => Instance;
  restore_app: (args: { id: string }) => Instance;
  show_files: (args: { id: string }) => void;
  permissions: () => Array<Grant>;
  set_permission: (args: { instance: string; permission: Permission; granted: boolean }) => void;
  get_app: (args: { invitation: string }) => void;
  cancel_transfer: (args: { invitation: string }) => void;
  transfers: () => Array<Transfer>;
  correspondents: (args: { id: string }) => Array<Correspondent>;
  computer: () => Computer;
  set_autostart: (args: { wanted: boolean }) => void;
  restart_instance: (args: { id: string }) => void;
  contact_offer: () => ContactOffer | null;
  block_peer: (args: { id: string }) => void;
  unblock_peer: (args: { id: string }) => void;
  add_friend: (args: { id: string }) => void;
  remove_friend: (args: { id: string }) => void;
  rename_peer: (args: { id: string; name: string }) => void;
  failures: () => number;
  failures_seen: () => void;
  app_icon: (args: { id: string }) => string | null;
  window_icon: (body: Uint8Array) => void;
  offers: () => Array<Offer>;
};

/** The commands in src-tauri/src/ask/commands.rs, by name. */
export type AskCommands = {
  question: () => Asking;
  candidates: () => Array<Candidate>;
  me: () => Me;
  refuse: () => void;
  allow: () => void;
  choose: (args: { peer: string }) => void;
  watch: (args: { channel: Channel<Topic> }) => void;
  icon: () => string | null;
};

/** The commands in src-tauri/src/app.rs, by name. */
export type InstanceCommands = {
  introduction: () => Introduction;
  invite: (args: { peer: string | null }) => Person | null;
  correspondents: () => Array<Correspondent>;
  peers: () => Array<AppPeer>;
  read: () => Entry | null;
  next: (args: { id: string | null }) => Entry | null;
  status: (args: { id: string }) => Status;
  watch: (args: { channel: Channel<AppEvent> }) => void;
  save: (body: Uint8Array) => boolean;
  announce: (args: { value: JsonValue }) => void;
  announcements: () => Array<Announcement>;
  notify: (args: { title: string | null; text: string; order: number }) => boolean;
  send: (args: { to: Address; body: Body; deadline: number | null }) => string;
};

/** The commands in src-tauri/src/dev/inspector.rs, by name. */
export type InspectorCommands = {
  session: () => dev.Session;
  timeline: (args: { after: number }) => Array<dev.Happening>;
  payload: (args: { number: number }) => dev.Payload;
  set_peer: (args: { name: string; offline: boolean | null; full: boolean | null; ahead: number | null }) => void;
  set_link: (args: { from: string; to: string; cut: boolean | null; delay: number | null }) => void;
  lose: (args: { from: string; to: string }) => void;
  introduce: (args: { from: string; to: string }) => void;
  kill: (args: { name: string }) => void;
  restart: (args: { name: string }) => void;
  show: (args: { name: string }) => void;
  tools: (args: { name: string }) => void;
  accept: (args: { name: string; invitation: string }) => void;
  decline: (args: { name: string; invitation: string }) => void;
  save: () => string | null;
  watch: (args: { channel: Channel<dev.Topic> }) => void;
};
