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

/** Whom an instance invited or accepted. */
export interface Correspondent {
  /** The other peer. */
  peer: string;
  /** The instance at the other side; `null` until the other side has accepted. */
  instance: string | null;
  /** The other person's name. */
  name: string;
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
  reason: 'expired' | 'unknown-instance' | 'not-invited' | 'blocked' | 'too-large' | 'malformed' | 'forgotten' | 'withdrawn';
  /** Whether it may have arrived all the same. */
  outcome: 'not-delivered' | 'unknown';
}

/** An entry of an inbox. */
export type Entry = Message | Failure;

/** Where an own message stands. */
export type MessageState = 'queued' | 'delivered' | 'failed';

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
export interface InstanceEvents {
  /** There is something in the inbox. */
  message: { type: 'message' };
  /** An own message was delivered, or failed. */
  delivery: { type: 'delivery'; id: string; state: MessageState };
  /** A peer came, went or changed its name. */
  peer: { type: 'peer' };
  /** An invitation of this instance was sent or accepted. */
  invitation: { type: 'invitation' };
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

/** One identity of an app: what `window.mutiny` is to a page. */
export interface Instance extends AsyncIterable<Entry> {
  /** The instance's UUID. */
  readonly id: string;
  /** Where others send to. */
  readonly address: Address;
  /** Its peer. */
  readonly peer: Peer;

  /** Lets a peer send to this instance, and asks its person to answer with an instance of their own. */
  invite(peer: string): Promise<void>;
  /** Whom this instance invited or accepted. Whoever has an `instance` can be sent to. */
  invitations(): Promise<Correspondent[]>;
  /**
   * Sends a message. Resolves with its id once it is durably stored: from then on it survives a crash and ends exactly
   * once, as delivered or as failed.
   */
  send(to: Address, data: JsonValue | ArrayBuffer | ArrayBufferView, options?: { deadline?: number }): Promise<string>;
  /** Where an own message stands. */
  status(id: string): Promise<MessageState>;
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
  on<Type extends keyof InstanceEvents>(type: Type, listener: (event: InstanceEvents[Type]) => void): () => void;
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
