import { emit } from '@tauri-apps/api/event';
import { mockIPC, mockWindows } from '@tauri-apps/api/mocks';
import type {
  Acceptance,
  Computer,
  ContactOffer,
  Damage,
  ErrorView,
  Grant,
  Instance,
  Invitation,
  Me,
  Offer,
  Peer,
  Settings,
  Topic,
  Transfer,
  TransferState,
} from '../../bindings/core';
import type { MadeUpActivity } from './activity';
import { instance, invitation, peer, settings } from './people';

/** All that a made-up host knows. */
export interface World {
  me: Me;
  peers: Peer[];
  instances: Instance[];
  invitations: Invitation[];
  transfers?: Transfer[];
  settings?: Settings;
  activity?: MadeUpActivity;
  damage?: Damage | null;
  permissions?: Grant[];
  /** Messages that failed and were not seen. */
  failures?: number;
  offers?: Offer[];
  computer?: Computer;
  offer?: ContactOffer | null;
  /** Every command fails with this. */
  broken?: ErrorView;
  /** Commands answer this late, in milliseconds. */
  delay?: number;
}

type Args = Record<string, unknown>;
type Command = (args: Args) => unknown;

/** Answers the launcher's commands from memory, and wakes it like the real host. */
export class MadeUpHost {
  readonly #world: World;
  #wake: (topic: Topic) => void = () => {};

  constructor(world: World) {
    this.#world = world;
  }

  install(): void {
    mockWindows('launcher');
    mockIPC((command, args) => this.#answer(command, (args ?? {}) as Args), { shouldMockEvents: true });
  }

  /** A new invitation arrives. */
  invite(): void {
    this.#world.invitations = [invitation({ fromName: 'Wanda', appName: 'Whiteboard' }), ...this.#world.invitations];
    this.#wake('invitations');
  }

  /** A contact link is opened outside. */
  meet(name: string): void {
    this.#world.offer = { link: 'mutiny:', id: peer().id, name, known: false };
    void emit('contact-link');
  }

  /** Everything is read anew, and nothing has changed. */
  stir(): void {
    const topics = ['me', 'peers', 'instances', 'invitations', 'transfers', 'settings', 'activity'] as const;
    for (const topic of topics) this.#wake(topic);
  }

  /** Something is dragged over the window. */
  drag(type: 'enter' | 'leave' | 'drop', paths = ['/home/ana/apps/whiteboard']): void {
    void emit(`tauri://drag-${type}`, { paths, position: { x: 100, y: 100 } });
  }

  async #answer(command: string, args: Args): Promise<unknown> {
    const name = command.replace('plugin:launcher|', '');
    const run = this.#commands[name];
    if (!run) throw `Command ${command} not found`;
    if (name !== 'watch') {
      await new Promise((resolve) => setTimeout(resolve, this.#world.delay ?? 0));
      if (this.#world.broken) throw this.#world.broken;
    }
    return run(args);
  }

  readonly #commands: Record<string, Command> = {
    me: () => ({ ...this.#world.me }),
    usable: () => undefined,
    peers: () => structuredClone(this.#world.peers),
    instances: () => structuredClone(this.#world.instances),
    invitations: () => structuredClone(this.#world.invitations),
    transfers: () => structuredClone(this.#world.transfers ?? []),
    get_app: ({ invitation: id }) => this.#transfer(id, { is: 'arriving', done: 400_000, total: 1_440_000 }),
    cancel_transfer: ({ invitation: id }) => this.#transfer(id),
    correspondents: () => [],
    failures: () => this.#world.failures ?? 0,
    failures_seen: () => {
      this.#world.failures = 0;
      this.#wake('activity');
    },
    offers: () => this.#world.offers ?? [],
    app_icon: () => null,
    window_icon: () => undefined,
    settings: () => (this.#world.settings ??= settings()),
    set_settings: ({ change }) => {
      this.#world.settings = { ...settings(), ...this.#world.settings, ...(change as Partial<Settings>) };
      this.#wake('settings');
    },
    damage: () => this.#world.damage ?? null,
    damage_seen: () => {
      this.#world.damage = null;
      this.#wake('me');
    },
    computer: () =>
      (this.#world.computer ??= {
        tray: true,
        autostart: false,
        log: '/home/ana/.local/share/mutiny/profiles/default/mutiny.log',
      }),
    set_autostart: ({ wanted }) => {
      this.#world.computer = { ...(this.#world.computer as Computer), autostart: wanted as boolean };
    },
    restart_instance: ({ id }) => this.#change(id, (it) => ({ ...it, crashed: false })),
    contact_offer: () => {
      const offer = this.#world.offer ?? null;
      this.#world.offer = null;
      return offer;
    },
    watch: ({ channel }) => {
      this.#wake = (topic) => (channel as { onmessage: (topic: Topic) => void }).onmessage(topic);
    },

    permissions: () => structuredClone(this.#world.permissions ?? []),
    set_permission: ({ instance, permission, granted }) => {
      this.#world.permissions = this.#world.permissions?.map((it) =>
        it.instance === instance && it.permission === permission
          ? { ...it, decision: granted ? 'granted' : 'refused' }
          : it,
      );
      this.#wake('permissions');
    },
    set_name: ({ name }) => {
      this.#world.me = { ...this.#world.me, name: name as string };
      this.#wake('me');
    },
    activity: () => this.#world.activity?.exchanges() ?? [],
    own_messages: ({ instance, peer, state, after }) =>
      this.#world.activity?.page(instance, peer, state, after) ?? { messages: [], next: null },
    withdraw: ({ message }) => this.#withdraw((it) => it.id === message),
    withdraw_all: ({ peer }) => this.#withdraw((_, exchange) => exchange.peer === peer),
    retry: ({ peer }) => {
      this.#world.activity?.tries(peer);
      this.#wake('activity');
    },
    add_contact: ({ link }) => {
      if (!(link as string).startsWith('mutiny:')) {
        throw {
          code: 'BadContactLink',
          message:
            'This is not a contact link: it does not start with “mutiny:”. A contact link starts with “mutiny:”; ask the other person to copy theirs again.',
        };
      }
      const added = peer({ name: 'Noor', presence: 'offline', lastSeen: null });
      this.#world.peers = [...this.#world.peers, added];
      this.#wake('peers');
      return added;
    },
    block_peer: ({ id }) => this.#decide(id, { trust: 'blocked', presence: 'offline' }),
    unblock_peer: ({ id }) => this.#decide(id, { trust: 'friend' }),
    add_friend: ({ id }) => this.#decide(id, { trust: 'friend' }),
    remove_friend: ({ id }) => this.#decide(id, { trust: 'none' }),
    rename_peer: ({ id, name }) => {
      const ownName = (name as string) || null;
      const says = this.#world.peers.find((it) => it.id === id)?.says ?? null;
      this.#decide(id, { ownName, name: ownName ?? says ?? 'Somebody' });
    },
    pick_folder: () => '/home/ana/apps/whiteboard',
    pick_package: () => '/home/ana/Downloads/whiteboard-1.0.0.zip',
    add_app: ({ place }) => this.#add(place as string),
    another_instance: ({ id }) => {
      const { app, folder } = this.#one(id);
      return this.#insert(instance({ label: `${app.name} 2`, app, folder }));
    },
    update_app: ({ id }) =>
      this.#change(id, (it) => ({ ...it, app: { ...it.app, version: '2.0.0' }, previousVersion: it.app.version })),
    restore_app: ({ id }) =>
      this.#change(id, (it) => ({
        ...it,
        app: { ...it.app, version: it.previousVersion ?? it.app.version },
        previousVersion: it.app.version,
      })),
    show_files: () => undefined,
    open_instance: ({ id }) => this.#change(id, (it) => ({ ...it, open: true })),
    rename_instance: ({ id, label }) => this.#change(id, (it) => ({ ...it, label: (label as string) || it.app.name })),
    remove_instance: ({ id }) => {
      this.#world.instances = this.#world.instances.filter((it) => it.id !== id);
      this.#wake('instances');
    },
    accept_invitation: ({ id, with: acceptance }) => {
      const how = acceptance as Acceptance;
      const accepted =
        (how.with === 'existing' && this.#world.instances.find((it) => it.id === how.instance)) ||
        this.#add(how.with === 'folder' ? how.folder : '/home/ana/apps/chat');
      this.#settle(id, { answer: 'accepted', instance: accepted.id });
      return accepted;
    },
    decline_invitation: ({ id }) => this.#settle(id, { answer: 'declined' }),
  };

  #add(place: string): Instance {
    const name = place.split('/').at(-1) ?? place;
    const folder = name.endsWith('.zip') ? null : place;
    return this.#insert(instance({ label: name, folder, app: { name } }));
  }

  #withdraw(which: Parameters<MadeUpActivity['withdraw']>[0]) {
    const outcome = this.#world.activity?.withdraw(which);
    this.#wake('instances');
    return outcome;
  }

  #transfer(id: unknown, state?: TransferState): void {
    const others = (this.#world.transfers ?? []).filter((it) => it.invitation !== id);
    this.#world.transfers = state ? [...others, { invitation: id as string, state }] : others;
    this.#wake('transfers');
  }

  #insert(added: Instance): Instance {
    this.#world.instances = [added, ...this.#world.instances];
    this.#wake('instances');
    return added;
  }

  #one(id: unknown): Instance {
    const found = this.#world.instances.find((it) => it.id === id);
    if (!found) throw new Error(`There is no instance ${String(id)}.`);
    return found;
  }

  #change(id: unknown, change: (instance: Instance) => Instance): Instance {
    this.#world.instances = this.#world.instances.map((it) => (it.id === id ? change(it) : it));
    this.#wake('instances');
    return this.#one(id);
  }

  #decide(id: unknown, change: Partial<Peer>): void {
    this.#world.peers = this.#world.peers.map((it) => (it.id === id ? { ...it, ...change } : it));
    this.#wake('peers');
  }

  #settle(id: unknown, answer: Partial<Invitation>): void {
    this.#world.invitations = this.#world.invitations.map((it) => (it.id === id ? { ...it, ...answer } : it));
    this.#wake('invitations');
  }
}
