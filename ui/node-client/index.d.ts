/**
 * Drives `mutiny-node`, a Mutiny peer without windows. An instance here is what `window.mutiny` is to a page: the same
 * words, the same promises.
 *
 * ```js
 * import { Peer } from '@mutiny/node';
 *
 * const ana = await Peer.start({ profile: 'ana', dataDir: './data' });
 * const chat = await ana.open('./chat');
 * for await (const entry of chat) {
 *   if (entry.kind === 'message') await chat.send(entry.from, entry.data);
 * }
 * ```
 *
 * Times are milliseconds since the Unix epoch, durations are milliseconds.
 */

/** Any value that JSON can express. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Where a message goes to or comes from: an instance at a peer. */
export interface Address {
  /** The peer id. */
  peer: string;
  /** The instance at that peer, a UUID. */
  instance: string;
}

/** The person of a peer. */
export interface Me {
  /** The peer id. */
  id: string;
  /** The name that others see. */
  name: string;
  /** The contact link by which others add this peer. */
  link: string;
  /** The profile it runs in. */
  profile: string;
}

/** Another peer. */
export interface KnownPeer {
  /** The peer id. */
  id: string;
  /** The name to show. */
  name: string;
  /** Connected right now. Sending works either way: messages wait. */
  presence: 'online' | 'offline';
}

/** An invitation from another peer's instance. */
export interface Invitation {
  /** Names this invitation on this peer. */
  id: string;
  /** Who invites. */
  from: Address;
  /** The inviting peer's name. */
  fromName: string;
  /** Id of the app it is for. */
  appId: string;
  /** The app's name. */
  appName: string;
  /** What became of it. */
  answer: 'open' | 'accepted' | 'declined';
  /** Own instances that it can be accepted with. */
  candidates: string[];
}

/** A person: whose peer this is, or whom an instance invited. */
export interface Person {
  /** Their peer id. */
  id: string;
  /** Their name, as others see it. Two people may have the same. */
  name: string;
}

/** What an app's manifest says of it. */
export interface App {
  /** The manifest's `id`, or one made from the folder's name. */
  id: string;
  /** The manifest's `name`, or the folder's. */
  name: string;
  /** Semantic version; `0.0.0` where there is no manifest. */
  version: string;
  /** One sentence, where the manifest has one. */
  description: string | null;
  /** Hash over every file's path and content, `sha256-` and hex. */
  hash: string;
  /** Who may send to its instances, besides whom they invited. */
  accepts: 'invited' | 'friends' | 'nearby' | 'anyone';
  /** The permissions that the manifest asks for. */
  permissions: string[];
}

/** An instance: its own address, and what it is. */
export interface InstanceInfo extends Address {
  /** What it is called; the app's name unless it was renamed. */
  label: string;
  /** The app this is an instance of. */
  app: App;
}

/** What an app can rely on. */
export interface Limits {
  /** The largest message, in bytes of its JSON text or of its bytes. */
  messageBytes: number;
  /** The largest value to announce, in bytes of its JSON text. */
  announcementBytes: number;
  /** How long a message is tried unless `send` is told otherwise, in milliseconds. */
  deadline: number;
}

/** Another person, as far as an app may see them. */
export interface AppPeer {
  /** Their peer id. */
  id: string;
  /** The name to show. */
  name: string;
  /** Connected right now. Sending works either way: messages wait. */
  online: boolean;
}

/** What another instance of the same app announces. */
export interface Announcement {
  /** Who announces it. The peer is authenticated by the host, never merely claimed. */
  from: Address;
  /** The other person's name. */
  name: string;
  /** The other side's version of the app. */
  version: string;
  /** What it says. What it contains is up to the other side: check it. */
  data: JsonValue;
  /** The two instances have accepted each other: messages go through. */
  correspondent: boolean;
}

/** Whom an instance invited or accepted. */
export interface Correspondent {
  /** The other peer. */
  peer: string;
  /** The instance at the other side; `null` until the other side has accepted. */
  instance: string | null;
  /** The other person's name. */
  name: string;
  /** Their host is connected right now. Sending works either way: messages wait. */
  online: boolean;
  /** The other side's version of the app, once known. */
  version: string | null;
}

/** A message from another instance. */
export interface Message {
  kind: 'message';
  /** The message's id. It stays the same when the message is read again. */
  id: string;
  /** Who sent it. The peer is authenticated, never merely claimed. */
  from: Address;
  /** When it was sent, by its sender's clock. */
  sent: number;
  /** What was sent: a JSON value, or bytes. What it contains is up to the other side: check it. */
  data: JsonValue | Uint8Array;
}

/** A failure notice: an own message was not, or may not have been, delivered. */
export interface Failure {
  kind: 'failure';
  /** Id of this notice. */
  id: string;
  /** Id of the message that failed, as `send` gave it. */
  message: string;
  /** Whom it was for. */
  to: Address;
  /** Why it failed. */
  reason: FailureReason;
  /** Whether it may have arrived all the same. */
  outcome: Outcome;
}

/** Why a message was not delivered. */
export type FailureReason =
  'expired' | 'unknown-instance' | 'not-invited' | 'blocked' | 'too-large' | 'malformed' | 'forgotten' | 'withdrawn';

/** Whether a message that failed may have arrived all the same. */
export type Outcome = 'not-delivered' | 'unknown';

/** An entry of an inbox. */
export type Entry = Message | Failure;

/** An own message that is on its way, or waits for the other side to be there. */
export interface Queued {
  state: 'queued';
  /** The other host is connected: the message is on its way, or waits for room in the inbox there. */
  online: boolean;
  /** When that host is tried next; `null` while it is connected, while it is being tried, and where nothing is to be tried. */
  nextTry: number | null;
}

/** An own message that is in the other instance's inbox, on disk. */
export interface Delivered {
  state: 'delivered';
}

/** An own message that was given up. */
export interface Failed {
  state: 'failed';
  /** Why it failed. */
  reason: FailureReason;
  /** Whether it may have arrived all the same. */
  outcome: Outcome;
}

/** Where an own message stands. */
export type Status = Queued | Delivered | Failed;

/** How to send. */
export interface SendOptions {
  /** Milliseconds from now after which the message is given up; `limits.deadline` unless told otherwise. */
  deadline?: number;
}

/** An own message came to its end. */
export interface DeliveryEvent extends Event {
  readonly type: 'delivery';
  /** Id of the message, as `send` gave it. */
  readonly id: string;
  /** How it ended. */
  readonly state: 'delivered' | 'failed';
  /** Why it failed, if it did. */
  readonly reason: FailureReason | null;
  /** Whether it may have arrived all the same, if it failed. */
  readonly outcome: Outcome | null;
}

/** How to start a peer. */
export interface PeerOptions {
  /** The profile: an identity with its apps and messages; `default` unless told otherwise. */
  profile?: string;
  /** Where profiles are kept, instead of the usual place. */
  dataDir?: string;
  /** The only addresses to listen on, such as `/ip4/127.0.0.1/tcp/0`. */
  listen?: string | string[];
  /** Whether to look for others on the local network, and be found there; `true` unless told otherwise. */
  mdns?: boolean;
  /** The program; else what `MUTINY_NODE` in the environment names, else `mutiny-node` on the `PATH`. */
  program?: string;
  /** How long a call may take, in milliseconds; 30,000 unless told otherwise, 0 for as long as it takes. */
  timeout?: number;
  /** What to do with a line that the program writes to standard error; it goes to this process's unless told otherwise. */
  log?: (line: string) => void;
}

/** How a peer's process ended. */
export interface Exit {
  /** Its exit code, unless a signal ended it. */
  code: number | null;
  /** The signal that ended it, if one did. */
  signal: string | null;
}

/** What a peer tells. Events only wake: what they are about is read with the calls. */
export interface PeerEvents {
  /** What a call answers has changed: `me`, `peers`, `instances`, `invitations`, … */
  changed: { topic: string };
  /** So many events were left out, since this side read too slowly: read everything anew. */
  missed: { count: number };
  /** The program wrote a line that makes no sense. It did no harm. */
  stray: { line: string };
  /** The process has ended. */
  exit: Exit;
}

/** What an instance tells. Events only wake, as they do a page. */
export interface Events {
  /** There is something in the inbox. */
  message: Event;
  /** An own message was delivered, or failed. Never comes before its `send` has resolved. */
  delivery: DeliveryEvent;
  /** A peer came, went or changed its name. */
  peer: Event;
  /** An invitation of this instance was sent or accepted. */
  invitation: Event;
  /** What other instances announce has changed. */
  announcement: Event;
}

/** How to listen, as for any `EventTarget`. */
export interface ListenOptions {
  /** For one event only. */
  once?: boolean;
  /** Ends it. */
  signal?: AbortSignal;
}

/** A Mutiny peer, as a process of its own. It ends with this process, however that ends. */
export interface Peer extends AsyncDisposable {
  /** Its peer id. */
  readonly id: string;
  /** The version of the program. */
  readonly version: string;
  /** The process, for signals. */
  readonly pid: number | undefined;
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<Exit>;

  /** Who this peer is. */
  me(): Promise<Me>;
  /** Changes the name that others see. */
  setName(name: string): Promise<void>;
  /** The peers that it knows. */
  peers(): Promise<KnownPeer[]>;
  /** Adds a peer by its contact link. */
  addContact(link: string): Promise<KnownPeer>;
  /** The last instance opened from a folder, or a new one. Its inbox is where it was left. */
  open(folder: string | URL): Promise<Instance>;
  /** A new instance of the app in a folder. */
  add(folder: string | URL): Promise<Instance>;
  /** The invitations that it received. `changed` with the topic `invitations` tells when there is another. */
  invitations(): Promise<Invitation[]>;
  /** Accepts an invitation with an own instance. From then on each of the two may send to the other. */
  accept(invitation: Invitation | string, instance: Instance | string): Promise<void>;
  /** Declines an invitation. */
  decline(invitation: Invitation | string): Promise<void>;
  /** Any call of the protocol, such as one that this package does not know yet; `docs/node.md` lists them. */
  call(call: string, args?: Record<string, unknown>): Promise<unknown>;
  /** Calls a function for every event of a type. Returns a function that ends it. */
  on<Type extends keyof PeerEvents>(type: Type, listener: (event: PeerEvents[Type]) => void): () => void;
  /** Ends the process in good order: what was asked is carried out first. Nothing that was promised is lost. */
  close(): Promise<Exit>;
  /** Ends the process as a power cut would. Nothing that was promised is lost either. */
  kill(): Promise<Exit>;
}

export declare const Peer: {
  /**
   * Starts a peer, and resolves when it runs. Rejects with the code `StartFailed` where it cannot, `exitCode` and a
   * sentence saying why, or with `NotFound` where there is no program.
   */
  start(options?: PeerOptions): Promise<Peer>;
};

/**
 * One identity of an app: what `window.mutiny` is to a page, with the same words and the same promises. What belongs to a
 * window is not here: the chooser of `invite()` without a peer, and `save`.
 */
export interface Instance extends AsyncIterable<Entry> {
  /** The instance's UUID. */
  readonly id: string;
  /** Where others send to. */
  readonly address: Address;
  /** The peer that it is on, as a process. */
  readonly host: Peer;

  /** Is resolved: whoever has an instance has one that answers. */
  readonly ready: Promise<void>;
  /** This instance: its address and its app. */
  readonly instance: Promise<InstanceInfo>;
  /** The person of its peer. */
  readonly peer: Promise<Person>;
  /** What an app can rely on. */
  readonly limits: Promise<Limits>;

  /**
   * Everybody that the peer knows. Needs the permission `peers` in the app's manifest, and rejects with `PermissionDenied`
   * without it. Nobody is asked: whoever runs the peer has chosen its apps.
   */
  peers(): Promise<AppPeer[]>;
  /** Lets a peer send to this instance, and asks its person to answer with an instance of their own. */
  invite(peer: string): Promise<Person>;
  /** Whom this instance invited or accepted. Whoever has an `instance` can be sent to. */
  invitations(): Promise<Correspondent[]>;
  /** Announces a JSON value, in place of the one before; `null` withdraws it. Resolves once it is stored. */
  announce(value: JsonValue): Promise<void>;
  /** What other instances of this app announce right now, by people who are connected. */
  announcements(): Promise<Announcement[]>;
  /**
   * Sends a message. Resolves with its id once it is durably stored: from then on it survives a crash and ends exactly
   * once, as delivered or as failed.
   */
  send(to: Address, message: JsonValue | ArrayBuffer | ArrayBufferView, options?: SendOptions): Promise<string>;
  /** Where an own message stands: while it waits, when it is tried next; where it failed, why. */
  status(id: string): Promise<Status>;
  /** The head of the inbox, left in place; `null` if the inbox is empty. */
  read(): Promise<Entry | null>;
  /** Removes the head of the inbox and returns it; with an id, only if the head is that entry, else `null`. */
  next(id?: string): Promise<Entry | null>;
  /**
   * Every entry of the inbox, one after the other. An entry is removed when the loop's body has finished with it: leave
   * the loop, throw or crash in the body, and it is read again next time. Ends when the peer is closed; throws when its
   * process ends by itself.
   */
  [Symbol.asyncIterator](): AsyncGenerator<Entry, void, void>;
  /** Calls a function for every event of a type. Returns a function that ends it. */
  on<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): () => void;
  /** As on any `EventTarget`. */
  addEventListener<Type extends keyof Events>(
    type: Type,
    listener: (event: Events[Type]) => void,
    options?: ListenOptions,
  ): void;
  /** As on any `EventTarget`. */
  removeEventListener<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): void;
  /** The class of all errors, for `instanceof`. */
  readonly MutinyError: typeof MutinyError;
}

/**
 * What everything here rejects with. `code` is that of the host (`docs/app-api.md`, `docs/node.md`), or:
 *
 * - `NotFound`: there is no program to start.
 * - `StartFailed`: it ended before it ran; `exitCode` says how, the message why.
 * - `Closed`: this peer was closed.
 * - `Ended`: its process ended by itself. Whether a call that was under way was carried out is not known.
 * - `Timeout`: no answer in time. As above: ask again what counts, `read` or `status`.
 */
export declare class MutinyError extends Error {
  constructor(code: string, message: string, exitCode?: number | null);
  /** Stable, for programs. `message` is a sentence for people. */
  readonly code: string;
  /** Of `StartFailed`: how the process ended. */
  readonly exitCode: number | null;
}
