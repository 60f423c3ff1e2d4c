// A host as a page sees it: the commands of the plugin `instance`, and a bridge with the habits of Tauri's.

import script from '../mutiny.js?raw';
import type { Mutiny } from '../mutiny.d.ts';
import type {
  Address,
  Announcement,
  AppEvent,
  AppPeer,
  Body,
  Correspondent,
  Entry,
  Introduction,
  Status,
} from '../../bindings/core.ts';

const BRIDGE_KEY = '__TAURI_TO_IPC_KEY__';

/** What happens to the arguments of a command on their way: Tauri's `process-ipc-message-fn.js`. */
const overTheBridge = (args: unknown) =>
  JSON.parse(
    JSON.stringify(args, (_key, value) => {
      if (value instanceof Map) return Object.fromEntries(value);
      if (value instanceof Uint8Array) return Array.from(value);
      if (typeof value === 'object' && value !== null && BRIDGE_KEY in value) return value[BRIDGE_KEY]();
      return value;
    }),
  );

/** A UUID that tests can name. */
export const uuid = (n: number) => `00000000-0000-4000-8000-${n.toString().padStart(12, '0')}`;

export const ana: Address = { peer: '12D3KooWAna', instance: uuid(9001) };
export const ben: Address = { peer: '12D3KooWBen', instance: uuid(9002) };

/** A message from Ana with a number as its content. */
export const message = (n: number): Entry => ({
  kind: 'message',
  id: uuid(n),
  from: ana,
  sent: 1_700_000_000_000 + n,
  body: { type: 'json', value: n },
});

/** Ben's host, and all that outlives a page of his instance. */
export class Host {
  introduction: Introduction = {
    address: ben,
    name: 'Ben',
    label: 'Chat with work',
    app: {
      id: 'org.example.chat',
      name: 'Chat',
      version: '1.2.3',
      description: null,
      hash: 'sha256-00',
      accepts: 'invited',
      permissions: ['peers'],
    },
    limits: { messageBytes: 1_048_576, announcementBytes: 16_384, deadline: 604_800_000 },
  };
  peers: AppPeer[] = [{ id: ana.peer, name: 'Ana', online: true }];
  correspondents: Correspondent[] = [];
  announced: unknown = null;
  announcements: Announcement[] = [];
  inbox: Entry[] = [];
  invited: string[] = [];
  /** Whom the person chooses when they are asked. */
  choice: string | null = ana.peer;
  sent: { id: string; to: Address; body: Body; deadline: number | null }[] = [];
  /** What the person saved. */
  saved: { name: string; bytes: number[] }[] = [];
  /** What became of own messages; those that are not here are queued. */
  states = new Map<string, Status>();
  /** Commands in the order of arrival. */
  calls: string[] = [];
  /** Rejections for the next calls of a command, first come first served. */
  refusals: Record<string, unknown[]> = {};
  /** Runs when a command has been carried out and before its answer leaves. */
  beforeAnswer: (command: string) => void | Promise<void> = () => {};
  /** What notifications read. */
  notified: { title: string | null; text: string }[] = [];
  /** Callbacks that a page has registered, by the number they go by. */
  callbacks = new Map<number, (message: unknown) => void>();

  #channel: number | undefined;
  #index = 0;
  #ids = 0;

  /** Loads the page of the instance, as a first load or a reload does. */
  openPage(): Mutiny {
    const callbacks = new Map<number, (message: unknown) => void>();
    this.callbacks = callbacks;
    this.#channel = undefined;
    const isCurrent = () => this.callbacks === callbacks;
    const window = {
      __TAURI_INTERNALS__: {
        invoke: async (name: string, args: unknown, options?: { headers: Record<string, string> }) => {
          const command = name.replace('plugin:instance|', '');
          // Bytes travel as they are, with what goes beside them in headers.
          const raw = args instanceof Uint8Array ? { bytes: [...args], ...options?.headers } : overTheBridge(args);
          const answer = this.#answer(command, raw).then(
            (value) => ({ value }),
            (reason: unknown) => ({ reason }),
          );
          const result = await answer;
          // An answer to a page that is gone goes nowhere.
          if (!isCurrent()) return new Promise(() => {});
          if ('reason' in result) throw result.reason;
          return result.value;
        },
        transformCallback: (callback: (message: unknown) => void) => {
          const id = ++this.#ids;
          callbacks.set(id, callback);
          return id;
        },
        unregisterCallback: (id: number) => callbacks.delete(id),
      },
    };
    new Function('window', script)(window);
    return (window as unknown as { mutiny: Mutiny }).mutiny;
  }

  /** Puts entries into the inbox and wakes the page. */
  receive(...entries: Entry[]) {
    this.inbox.push(...entries);
    this.emit({ type: 'message' });
  }

  /** Ends an own message, and tells the page. */
  end(id: string, status: Status) {
    this.states.set(id, status);
    this.emit({ type: 'delivery', id, ...status });
  }

  emit(event: AppEvent) {
    this.emitRaw({ index: this.#index++, message: event });
  }

  /** A raw message on the channel of the page, if it has asked for one. */
  emitRaw(raw: { index: number; message: AppEvent } | { index: number; end: true }) {
    if (this.#channel !== undefined) this.callbacks.get(this.#channel)?.(raw);
  }

  async #answer(command: string, args: any): Promise<unknown> {
    await Promise.resolve(); // No host ever answers, or speaks up, while the page is still calling.
    this.calls.push(command);
    const refusal = this.refusals[command]?.shift();
    if (refusal !== undefined) throw refusal;
    const value = structuredClone(this.#run(command, args));
    await this.beforeAnswer(command);
    return value;
  }

  #run(command: string, args: any): unknown {
    switch (command) {
      case 'introduction':
        return this.introduction;
      case 'watch':
        this.#channel = Number(args.channel.replace('__CHANNEL__:', ''));
        this.#index = 0;
        return null;
      case 'peers':
        return this.peers;
      case 'correspondents':
        return this.correspondents;
      case 'announce':
        this.announced = args.value;
        return null;
      case 'announcements':
        return this.announcements;
      case 'invite': {
        const id = args.peer ?? this.choice;
        if (id === null) return null;
        this.invited.push(id);
        return { id, name: this.peers.find((peer) => peer.id === id)?.name ?? 'Somebody' };
      }
      case 'send': {
        const id = uuid(5000 + this.sent.length);
        this.sent.push({ id, ...args });
        return id;
      }
      case 'status':
        return this.states.get(args.id) ?? { state: 'queued', online: false, nextTry: null };
      case 'save':
        this.saved.push({ name: decodeURIComponent(args.name), bytes: args.bytes });
        return true;
      case 'notify':
        this.notified.push(args);
        return true;
      case 'read':
        return this.inbox[0] ?? null;
      case 'next':
        if (args.id !== null && this.inbox[0]?.id !== args.id) return null;
        return this.inbox.shift() ?? null;
      default:
        throw `Command ${command} not found`;
    }
  }
}
