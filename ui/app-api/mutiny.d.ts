/**
 * Types of `window.mutiny`, the API that Mutiny gives to the apps it runs. `docs/app-api.md` tells the whole story, and
 * `docs/app-api-reference.md` is written from this file.
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
  /** The peer id, `12D3KooW…`. */
  peer: string;
  /** The instance at that peer, a UUID in small letters. */
  instance: string;
}

/** A person: whom this window belongs to, or whom they chose. */
export interface Person {
  /** Their peer id, `12D3KooW…`. */
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
  /** The permissions that the manifest asks for, such as `peers`. */
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
  /** The largest message, in bytes of its JSON text (UTF-8) or of its bytes: 1,048,576. */
  messageBytes: number;
  /** The largest value to announce, in bytes of its JSON text (UTF-8): 16,384. */
  announcementBytes: number;
  /** How long a message is tried unless `send` is told otherwise, in milliseconds: seven days. */
  deadline: number;
}

/** Another person, as far as an app may see them. */
export interface AppPeer {
  /** Their peer id, `12D3KooW…`. */
  id: string;
  /** The name they give themselves, or a short form of their id. Two people may have the same. */
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
  /** Tells it from a failure notice. */
  kind: 'message';
  /** The message's id. It stays the same when the message is read again. */
  id: string;
  /** Who sent it. The peer is authenticated by the host, never merely claimed. */
  from: Address;
  /** When it was sent, in milliseconds since the Unix epoch, by its sender's clock. */
  sent: number;
  /** What was sent: a JSON value, or bytes. What it contains is up to the other side: check it. */
  data: JsonValue | Uint8Array;
}

/** Why a message was not delivered. */
export type FailureReason =
  /** Its deadline passed before the other side was there. Send it again if it still matters. */
  | 'expired'
  /** The other side has no such instance, or has it no more. Invite that person anew. */
  | 'unknown-instance'
  /** The other instance did not invite this person, or does not let them in any more. Invite them; their answer opens the door. */
  | 'not-invited'
  /** The other person lets nobody like this one in. Only they can change that. */
  | 'blocked'
  /** Larger than the other side takes. Send it in smaller parts. */
  | 'too-large'
  /** The other side could not make sense of it: a much older or another Mutiny, say. Sending it again does not help. */
  | 'malformed'
  /** It was sent again from an old backup, and the other side no longer knew whether it had it. Ask there before you send it again. */
  | 'forgotten'
  /** Its sender withdrew it: the person at this computer, in the launcher. */
  | 'withdrawn';

/** Whether a message that failed may have arrived all the same. */
export type Outcome =
  /** Certain: it did not arrive, and never will. */
  | 'not-delivered'
  /** It had left this computer, and no answer ever came. */
  | 'unknown';

/** A failure notice: an own message was not, or may not have been, delivered. */
export interface Failure {
  /** Tells it from a message. */
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

/** An own message that is on its way, or waits for the other side to be there. */
export interface Queued {
  /** Tells it from how messages end. */
  state: 'queued';
  /** The other person's host is connected: the message is on its way, or waits for room in the inbox there. */
  online: boolean;
  /** When that host is tried next; `null` while it is connected, while it is being tried, and where nothing is to be tried. */
  nextTry: number | null;
}

/** An own message that arrived: it is in the other instance's inbox, on disk. Whether its app has read it, only that app can say. */
export interface Delivered {
  /** Final. */
  state: 'delivered';
}

/** An own message that was given up. The inbox has, or had, a {@link Failure} that says the same. */
export interface Failed {
  /** Final. */
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
  /**
   * Milliseconds from now after which the message is given up: more than 0, a year at most, and `limits.deadline` unless
   * told otherwise. It then comes back as a {@link Failure} with the reason `expired`.
   */
  deadline?: number;
}

/** What a notification reads. Line breaks become spaces, and what is too long is cut. */
export interface AppNotification {
  /** The first line, 60 characters at most: who wrote, say. */
  title?: string;
  /** What there is to say, 240 characters at most. */
  text: string;
}

/** An own message came to its end. */
export interface DeliveryEvent extends Event {
  /** The event's name. */
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

/** What an app can listen for. Events only wake; what they are about is read with the functions of {@link Mutiny}. */
export interface Events {
  /** There is something in the inbox. Read it with {@link Mutiny.read}, or let the loop over `mutiny` do so. */
  message: Event;
  /** An own message was delivered, or failed. Never comes before its `send` has resolved. */
  delivery: DeliveryEvent;
  /**
   * A peer came, went or changed its name, or the person changed what this app may see. Read {@link Mutiny.peers} or
   * {@link Mutiny.invitations}.
   */
  peer: Event;
  /** An invitation of this instance was sent or accepted, or a new one is there. Read {@link Mutiny.invitations}. */
  invitation: Event;
  /** What other instances announce has changed. Read {@link Mutiny.announcements}. */
  announcement: Event;
}

/**
 * Codes that every app may meet. More may be added: treat one you do not know like `Internal`. Where no {@link MutinyError}
 * is caught, the page's console shows it with its code.
 */
export type ErrorCode =
  /**
   * What was passed makes no sense; `message` says what, and where in it. A mistake of the app, most often: mend the call.
   * `save` also rejects with it where the person is being asked already, or has just said no: try again when they want to.
   */
  | 'InvalidArgument'
  /** This is not a peer id. Take ids as the API gives them: from a message's `from`, from `invitations()` or `peers()`. */
  | 'BadPeer'
  /**
   * Larger than `limits.messageBytes`, an announcement than `limits.announcementBytes`, or a file than 512 MiB. Nothing
   * was stored. Send it in parts, or announce less.
   */
  | 'TooLarge'
  /**
   * Too much waits to be delivered already, of this app or of all together; or this instance has sent to 10,000 others, and
   * to another it cannot before one of them has had nothing for 90 days. Nothing was stored. Try again when a `delivery`
   * event says that something arrived, and show that others have to come online first.
   */
  | 'QuotaExceeded'
  /**
   * This instance sent no message with that id, or it ended more than 90 days ago and is forgotten. Ask with the id that
   * `send` resolved with, and keep for yourself what you need for longer.
   */
  | 'UnknownMessage'
  /** The person removed this instance while its page was open. There is nothing left to do; its window is about to close. */
  | 'UnknownInstance'
  /**
   * The manifest does not ask for the permission, the person said no, or the page is none of the app's own; `message` says
   * which. Add it to `permissions` in `mutiny.json`, or go on without: the `peer` event tells when the person changed
   * their mind.
   */
  | 'PermissionDenied'
  /** Another question of this app is before the person, or they have just closed one. Ask again when they want it. */
  | 'Busy'
  /** The host could not read or write its database: a full disk, say. Nothing was lost. Show the sentence, and try again. */
  | 'Storage'
  /**
   * The host's database is damaged, and it does nothing more until the person starts it again. Show the sentence; trying
   * again does not help.
   */
  | 'CorruptDatabase'
  /** The host could not read or write a file: a full disk, or no right to. Show the sentence, and let the person try again. */
  | 'Io'
  /** The host is closing, and this page with it. What was stored is kept. Do it again when the page is next open. */
  | 'Stopped'
  /** Anything else: a mistake of the host. Show the sentence; if it stays, report it. */
  | 'Internal';

/**
 * What every function of the API rejects with. Its `name` is `MutinyError`, its `message` a sentence that says what is
 * wrong and what to do; as text it is both with the code: `MutinyError [TooLarge]: This message has …`.
 *
 * ```js
 * try {
 *   await mutiny.send({ peer: 'nobody', instance: null }, 'Hello');
 * } catch (error) {
 *   if (error.code !== 'InvalidArgument') throw error;
 *   console.log(error.message);
 * }
 * ```
 */
export interface MutinyError extends Error {
  /** Stable, for programs: one of {@link ErrorCode}, or one that came later. `message` is for people, and may change. */
  readonly code: ErrorCode | (string & Record<never, never>);
}

/** `window.mutiny`. */
export interface Mutiny extends AsyncIterable<Entry, never, void> {
  /**
   * Resolves when the host has answered and events arrive. Nothing else needs to wait for it. Rejects with `Storage` or
   * `Stopped` where the host cannot answer; the next look at it asks again.
   */
  readonly ready: Promise<void>;

  /**
   * This instance: its address, what the person calls it, and its app. Rejects as {@link ready} does.
   *
   * ```js
   * const me = await mutiny.instance;
   * document.title = me.app.name;
   * ```
   */
  readonly instance: Promise<InstanceInfo>;

  /**
   * The person this window belongs to. Rejects as {@link ready} does.
   *
   * ```js
   * const { name } = await mutiny.peer;
   * ```
   */
  readonly peer: Promise<Person>;

  /**
   * What this app can rely on: sizes in bytes, times in milliseconds. Rejects as {@link ready} does.
   *
   * ```js
   * const { messageBytes } = await mutiny.limits;
   * ```
   */
  readonly limits: Promise<Limits>;

  /**
   * Everybody that the host knows. Needs the permission `peers` in the manifest; the person is asked at the first call,
   * and can take it back. Those who are online come first. Rejects with `PermissionDenied` where the manifest does not ask
   * for it or the person said no: go on without. Most apps need no list of people: let the person choose with
   * {@link invite}, and talk to {@link invitations}.
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
   * closed it without choosing, and while another question of this app is open, it rejects with `Busy`; with `QuotaExceeded`
   * where too much waits to be delivered already.
   *
   * ```js
   * const friend = await mutiny.invite();
   * if (friend) console.log(`${friend.name} has been asked`);
   * ```
   */
  invite(): Promise<Person | null>;

  /**
   * Lets a peer send to this instance, and asks its person to answer with an instance of their own. Resolves once
   * both are stored, with who that is; the notice reaches a peer who is offline when they are back. Rejects with `BadPeer`
   * where that is no peer id, `InvalidArgument` where it is no text, and `QuotaExceeded` where too much waits already.
   *
   * ```js
   * const [ana] = await mutiny.peers();
   * await mutiny.invite(ana.id);
   * ```
   */
  invite(peer: string): Promise<Person>;

  /**
   * Whom this instance invited or accepted, one entry for each instance at the other side. Whoever has an `instance` can
   * be sent to; `null` says that they have not accepted yet.
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
   * hears of it, strangers too, now or when they connect: announce nothing that is private. `null` withdraws it. Rejects
   * with `TooLarge` over `limits.announcementBytes`, and with `InvalidArgument` for what JSON cannot express.
   *
   * ```js
   * await mutiny.announce({ nickname: 'Captain', speaks: ['chess/2'] });
   * ```
   */
  announce(value: JsonValue): Promise<void>;

  /**
   * What other instances of this app announce right now, by people who are connected: those that this instance invited or
   * accepted, and with the permission `peers` all others as well. What is not there any more is not listed.
   *
   * ```js
   * mutiny.on('announcement', async () => {
   *   for (const { from, data } of await mutiny.announcements()) console.log(from.peer, data);
   * });
   * ```
   */
  announcements(): Promise<Announcement[]>;

  /**
   * Sends a message: a JSON value, or bytes, which arrive as `Uint8Array`. Resolves with its id, a UUID, once it is durably
   * stored: from then on it survives a crash and ends exactly once, as delivered or as failed. Rejects, with nothing stored,
   * with `InvalidArgument` where JSON cannot express the message exactly or the address is incomplete (`instance` is `null`
   * until the other side has accepted), `BadPeer` where the address names no peer, `TooLarge` over `limits.messageBytes`,
   * `QuotaExceeded` where too much waits already or was sent to too many others, and `Storage` where the disk is full.
   *
   * ```js
   * const [{ peer, instance }] = await mutiny.invitations();
   * const id = await mutiny.send({ peer, instance }, { text: 'Hello' }, { deadline: 60_000 });
   * ```
   */
  send(to: Address, message: JsonValue | ArrayBuffer | ArrayBufferView, options?: SendOptions): Promise<string>;

  /**
   * Where an own message stands, by the id that `send` resolved with: while it waits, when it is tried next; where it failed,
   * why. How it ended can be asked for 90 days; then, and for ids of others, it rejects with `UnknownMessage`.
   *
   * ```js
   * const status = await mutiny.status(id);
   * if (status.state === 'queued' && status.nextTry) show(`Next try at ${new Date(status.nextTry).toLocaleTimeString()}`);
   * if (status.state === 'failed') show(`Not delivered: ${status.reason}`);
   * ```
   */
  status(id: string): Promise<Status>;

  /**
   * The head of the inbox, left in place; `null` if the inbox is empty. Reading again gives the same entry, under the same
   * `id`, until it is taken with {@link next}.
   *
   * ```js
   * const waiting = (await mutiny.read()) !== null;
   * ```
   */
  read(): Promise<Entry | null>;

  /**
   * Removes the head of the inbox and returns it. With an id, only if the head is that entry; else it returns `null`
   * and removes nothing. What is removed is gone: store first what must not be lost.
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
   * Lets the person save something: they are asked where, and the app learns only whether it was saved. `name` is a proposal
   * of up to 120 characters, without a folder. Call it when the person asked for it. Rejects with `TooLarge` over 512 MiB, with
   * `InvalidArgument` for what is no `Blob` and no bytes, while they are being asked already and right after a no (two
   * seconds, then four …), and with `Io` where it cannot be written there.
   *
   * ```js
   * const saved = await mutiny.save('notes.txt', new Blob(['Milk']));
   * ```
   */
  save(name: string, data: Blob | ArrayBuffer | ArrayBufferView): Promise<boolean>;

  /**
   * Shows a notification on the desktop, under this app's name; a click on it brings this window to the front. Needs the
   * permission `notifications` in the manifest; the person is asked at the first call, so make that one when they ask for it.
   * Rejects with `PermissionDenied` where they said no.
   *
   * Resolves with whether it was shown. It is not while the person looks at this window, nor where they want no
   * notifications. There is one of an app at a time, a few seconds apart, and longer as long as nobody looks: of those
   * that wait for their turn only the last one is shown.
   *
   * ```js
   * await mutiny.notify({ title: 'Ana', text: 'It is your move.' });
   * ```
   */
  notify(notification: AppNotification): Promise<boolean>;

  /**
   * Every entry of the inbox, one after the other, for as long as the page lives; it waits while the inbox is empty. An
   * entry is removed when the loop's body has finished with it: leave the loop, throw or crash in the body, and it is read
   * again next time. Throws what {@link read} and {@link next} reject with: begin the loop again then.
   *
   * ```js
   * for await (const entry of mutiny) {
   *     if (entry.kind === 'message') show(entry.from, entry.data);
   * }
   * ```
   */
  [Symbol.asyncIterator](): AsyncGenerator<Entry, never, void>;

  /**
   * Calls a function for every event of a type. Returns a function that ends it. Events only wake: read what they are about.
   *
   * ```js
   * const stop = mutiny.on('delivery', ({ id, state, reason }) => console.log(id, state, reason));
   * ```
   */
  on<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): () => void;

  /** As on any `EventTarget`: for `once`, `signal`, and whoever likes it better than {@link on}. */
  addEventListener<Type extends keyof Events>(
    type: Type,
    listener: (event: Events[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;

  /** As on any `EventTarget`: ends what `addEventListener` began, given the same function. */
  removeEventListener<Type extends keyof Events>(
    type: Type,
    listener: (event: Events[Type]) => void,
    options?: boolean | EventListenerOptions,
  ): void;

  /**
   * The class of all errors, for `instanceof`.
   *
   * ```js
   * mutiny.status(id).catch((error) => {
   *   if (!(error instanceof mutiny.MutinyError)) throw error;
   * });
   * ```
   */
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
