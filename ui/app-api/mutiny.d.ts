/**
 * Types of `window.mutiny`, the API that Mutiny gives to the apps it runs. `docs/app-api.md` tells the whole story.
 *
 * For completion and checking in plain JavaScript, install this package and put this line at the top of a script:
 *
 * ```js
 * /// <reference types="@mutiny/app" />
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

/** A person: whom this window belongs to, or whom they chose. */
export interface Person {
  /** Their peer id. */
  id: string;
  /** Their name, as others see it. */
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

/** This instance: its own address, and what it is. */
export interface InstanceInfo extends Address {
  /** What the person calls this instance, as it stands in the window's title. */
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

/** Someone whom this instance invited or whose invitation it accepted. */
export interface Correspondent {
  /** The other person's peer id. */
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

/** A message from another instance. */
export interface Message {
  kind: 'message';
  /** The message's id. It stays the same when the message is read again. */
  id: string;
  /** Who sent it. The peer is authenticated by the host, never merely claimed. */
  from: Address;
  /** When it was sent, by its sender's clock. */
  sent: number;
  /** What was sent: a JSON value, or bytes. What it contains is up to the other side: check it. */
  data: JsonValue | Uint8Array;
}

/** Why a message was not delivered. */
export type FailureReason =
  /** Its deadline passed. */
  | 'expired'
  /** The other side has no such instance (any more). */
  | 'unknown-instance'
  /** The other instance did not invite this person. */
  | 'not-invited'
  /** The other person lets nobody like this one in. */
  | 'blocked'
  /** Larger than the other side takes. */
  | 'too-large'
  /** The other side could not make sense of it. */
  | 'malformed'
  /** It was sent again from an old backup, and the other side no longer knew whether it had it. */
  | 'forgotten'
  /** Its sender withdrew it. */
  | 'withdrawn';

/**
 * Whether a message that failed may have arrived all the same: `not-delivered` is certain, `unknown` says that it had
 * left this machine and no answer ever came.
 */
export type Outcome = 'not-delivered' | 'unknown';

/** A failure notice: an own message was not, or may not have been, delivered. */
export interface Failure {
  kind: 'failure';
  /** Id of this notice. It stays the same when the notice is read again. */
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

/** An entry of the inbox. */
export type Entry = Message | Failure;

/** Where an own message stands: on its way or waiting, durably in the other inbox, or given up. */
export type MessageState = 'queued' | 'delivered' | 'failed';

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
  readonly state: MessageState;
}

/** What an app can listen for. Events only wake; what they are about is read with the functions of {@link Mutiny}. */
export interface Events {
  /** There is something in the inbox. */
  message: Event;
  /** An own message was delivered, or failed. Never comes before its `send` has resolved. */
  delivery: DeliveryEvent;
  /** A peer came, went or changed its name. */
  peer: Event;
  /** An invitation of this instance was sent or accepted, or a new one is there. */
  invitation: Event;
  /** What other instances announce has changed. */
  announcement: Event;
}

/** Codes that every app may meet. More may be added: treat one you do not know like `Internal`. */
export type ErrorCode =
  /** What was passed makes no sense; the message says what and where. */
  | 'InvalidArgument'
  /** Not a peer id. */
  | 'BadPeer'
  /** Larger than `limits.messageBytes`, or an announcement than `limits.announcementBytes`. */
  | 'TooLarge'
  /** Too much is waiting already. Try again when something was delivered. */
  | 'QuotaExceeded'
  /** This instance sent no message with that id, or it ended more than 90 days ago. */
  | 'UnknownMessage'
  /** This instance has been removed from the host. */
  | 'UnknownInstance'
  /** The manifest does not ask for it, or the person said no. */
  | 'PermissionDenied'
  /** Another question of this app is before the person, or they have just closed one. Ask again when they want it. */
  | 'Busy'
  /** The host could not read or write its database: a full disk, say. Nothing was lost; try again. */
  | 'Storage'
  /** The host's database is damaged. It does nothing more until the person starts it again. */
  | 'CorruptDatabase'
  /** The host could not read or write a file. */
  | 'Io'
  /** The host is closing. */
  | 'Stopped'
  /** Anything else: a mistake of the host. */
  | 'Internal';

/** What every function of the API rejects with. Its `name` is `MutinyError`. */
export interface MutinyError extends Error {
  /** Stable, for programs. `message` is a sentence for people. */
  readonly code: ErrorCode | (string & Record<never, never>);
}

/** `window.mutiny`. */
export interface Mutiny extends AsyncIterable<Entry, never, void> {
  /** Resolves when the host has answered and events arrive. Nothing else needs to wait for it. */
  readonly ready: Promise<void>;

  /**
   * This instance.
   *
   * ```js
   * const me = await mutiny.instance;
   * document.title = me.app.name;
   * ```
   */
  readonly instance: Promise<InstanceInfo>;

  /**
   * The person this window belongs to.
   *
   * ```js
   * const { name } = await mutiny.peer;
   * ```
   */
  readonly peer: Promise<Person>;

  /** What this app can rely on. */
  readonly limits: Promise<Limits>;

  /**
   * Everybody that the host knows. Needs the permission `peers` in the manifest; the person is asked at the first call,
   * and can take it back. Rejects with `PermissionDenied` where they said no. Most apps need no list of people: let the
   * person choose with {@link invite}, and talk to {@link invitations}.
   *
   * ```js
   * const online = (await mutiny.peers()).filter((peer) => peer.online);
   * ```
   */
  peers(): Promise<AppPeer[]>;

  /**
   * Lets the person choose whom to invite, in a window of the host's own above this one. Resolves with whom they chose
   * once that person may send to this instance and the question to them is stored, or with `null` where they chose
   * nobody. This app learns nothing of all the others. Call it when the person asks for it, by a click: right after they
   * closed it, it rejects with `Busy` for a moment.
   *
   * ```js
   * const friend = await mutiny.invite();
   * if (friend) console.log(`${friend.name} has been asked`);
   * ```
   */
  invite(): Promise<Person | null>;

  /**
   * Lets a peer send to this instance, and asks its person to answer with an instance of their own. Resolves once
   * both are stored; the notice reaches a peer who is offline when they are back.
   *
   * ```js
   * const [ana] = await mutiny.peers();
   * await mutiny.invite(ana.id);
   * ```
   */
  invite(peer: string): Promise<Person>;

  /**
   * Whom this instance invited or accepted. Whoever has an `instance` can be sent to.
   *
   * ```js
   * mutiny.on('invitation', async () => {
   *     const friends = (await mutiny.invitations()).filter(({ instance }) => instance);
   *     console.log(`${friends.length} people to talk to`);
   * });
   * ```
   */
  invitations(): Promise<Correspondent[]>;

  /**
   * Announces a JSON value, in place of the one before: what others may know of this instance without asking, such as a
   * nickname or the protocols it speaks. Resolves once it is stored. Every connected peer whom the person lets reach them
   * hears of it, strangers too, now or when they connect: announce nothing that is private. `null` withdraws it.
   *
   * ```js
   * await mutiny.announce({ nickname: 'Captain', speaks: ['chess/2'] });
   * ```
   */
  announce(value: JsonValue): Promise<void>;

  /**
   * What other instances of this app announce right now, by people who are connected: those that this instance invited or
   * accepted, and with the permission `peers` all others as well.
   *
   * ```js
   * mutiny.on('announcement', async () => {
   *   for (const { from, data } of await mutiny.announcements()) console.log(from.peer, data);
   * });
   * ```
   */
  announcements(): Promise<Announcement[]>;

  /**
   * Sends a message. Resolves with its id once it is durably stored: from then on it survives a crash and ends exactly
   * once, as delivered or as failed. Rejects with `InvalidArgument` where JSON cannot express the message exactly.
   *
   * ```js
   * const [{ peer, instance }] = await mutiny.invitations();
   * const id = await mutiny.send({ peer, instance }, { text: 'Hello' }, { deadline: 60_000 });
   * ```
   */
  send(to: Address, message: JsonValue | ArrayBuffer | ArrayBufferView, options?: SendOptions): Promise<string>;

  /**
   * Where an own message stands.
   *
   * ```js
   * if ((await mutiny.status(id)) === 'delivered') tick(id);
   * ```
   */
  status(id: string): Promise<MessageState>;

  /** The head of the inbox, left in place; `null` if the inbox is empty. */
  read(): Promise<Entry | null>;

  /**
   * Removes the head of the inbox and returns it. With an id, only if the head is that entry; else it returns `null`
   * and removes nothing.
   *
   * ```js
   * const entry = await mutiny.read();
   * if (entry) {
   *     await store(entry);
   *     await mutiny.next(entry.id);
   * }
   * ```
   */
  next(id?: string): Promise<Entry | null>;

  /**
   * Lets the person save something: they are asked where, and the app learns only whether it was saved. 512 MiB at most.
   * Call it when the person asked for it; who asks again and again after a no has to wait.
   *
   * ```js
   * const saved = await mutiny.save('notes.txt', new Blob(['Milk']));
   * ```
   */
  save(name: string, data: Blob | ArrayBuffer | ArrayBufferView): Promise<boolean>;

  /**
   * Every entry of the inbox, one after the other, for as long as the page lives. An entry is removed when the loop's
   * body has finished with it: leave the loop, throw or crash in the body, and it is read again next time.
   *
   * ```js
   * for await (const entry of mutiny) {
   *     if (entry.kind === 'message') show(entry.from, entry.data);
   * }
   * ```
   */
  [Symbol.asyncIterator](): AsyncGenerator<Entry, never, void>;

  /**
   * Calls a function for every event of a type. Returns a function that ends it.
   *
   * ```js
   * const stop = mutiny.on('delivery', ({ id, state }) => console.log(id, state));
   * ```
   */
  on<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): () => void;

  /** As on any `EventTarget`. */
  addEventListener<Type extends keyof Events>(
    type: Type,
    listener: (event: Events[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;

  /** As on any `EventTarget`. */
  removeEventListener<Type extends keyof Events>(
    type: Type,
    listener: (event: Events[Type]) => void,
    options?: boolean | EventListenerOptions,
  ): void;

  /** The class of all errors, for `instanceof`. */
  readonly MutinyError: abstract new (...args: never) => MutinyError;
}

declare global {
  /** The API of the host. */
  const mutiny: Mutiny;

  interface Window {
    /** The API of the host. */
    readonly mutiny: Mutiny;
  }
}
