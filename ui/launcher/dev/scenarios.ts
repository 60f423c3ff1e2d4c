import { activity } from './activity';
import type { World } from './host';
import { DAY, grant, HOUR, instance, invitation, me, MINUTE, peer, settings } from './people';

const LONG = 'Maximiliana-Konstantina von und zu Hohenlohe-Waldenburg-Schillingsfürst the Younger of Upper Franconia';

/** A world with messages under way among the instances and to the people that it has. */
function busy(world: World, many = 0): World {
  const away = world.peers.filter((peer) => peer.presence === 'offline' && peer.trust !== 'blocked');
  return { ...world, activity: activity(world.instances, away, many) };
}

/** Worlds worth looking at, by name. */
export const scenarios: Record<string, () => World> = {
  empty: () => ({
    me: me(),
    peers: [],
    instances: [],
    invitations: [],
    offers: ['Chat', 'Poll', 'Whiteboard'].map((name) => ({
      id: `org.mutiny.${name.toLowerCase()}`,
      name,
      description: 'Talk to people directly, from computer to computer.',
      icon: null,
      place: `/usr/share/mutiny/apps/${name.toLowerCase()}`,
    })),
  }),

  new: () => ({
    me: me({ name: 'ana' }),
    peers: [],
    instances: [],
    invitations: [],
    settings: settings({ introduced: false }),
  }),

  normal: () => {
    const chat = instance({ unread: 2, waiting: 3, app: { description: 'Talk with people you know, one to one.' } });
    const work = instance({ label: 'Chat for work', app: { description: 'Talk with people you know, one to one.' } });
    return {
      me: me({ profile: 'ana' }),
      peers: [
        peer({ name: 'Ben', nearby: true }),
        peer({ name: 'Aunt Clara', ownName: 'Aunt Clara', says: 'Clara' }),
        peer({ name: 'Daoud', presence: 'offline', lastSeen: Date.now() - 2 * HOUR, waiting: 2 }),
        peer({ name: 'Elif', presence: 'offline', lastSeen: Date.now() - 3 * DAY, waiting: 1 }),
        peer({ name: 'Femi', presence: 'offline', lastSeen: null, addresses: [] }),
        peer({ name: 'Grandma’s laptop', trust: 'none', nearby: true }),
        peer({ name: 'Mallory', trust: 'blocked', presence: 'offline' }),
      ],
      instances: [
        chat,
        work,
        instance({
          open: true,
          app: {
            name: 'Ping',
            version: '0.3.1',
            permissions: ['peers'],
            description: 'Who is there, and how far away.',
          },
        }),
        instance({
          app: { name: 'Recipes', version: '0.0.0' },
          problem: 'There is no folder at /media/stick/recipes. Check the path, or choose the folder again.',
        }),
      ],
      invitations: [
        invitation({ candidates: [chat.id, work.id] }),
        invitation({
          fromName: 'Clara',
          appName: 'Whiteboard',
          appVersion: '2.0.0-beta.1',
          received: Date.now() - 5 * HOUR,
        }),
        invitation({ fromName: 'Elif', answer: 'accepted', instance: chat.id, received: Date.now() - 4 * DAY }),
        invitation({ fromName: 'Daoud', appName: 'Ping', answer: 'accepted', received: Date.now() - 6 * DAY }),
        invitation({ fromName: 'Mallory', appName: 'Casino', answer: 'declined', received: Date.now() - 40 * DAY }),
      ],
      permissions: [
        grant({ label: 'Ping', appId: 'org.example.ping', appName: 'Ping' }),
        grant({ label: 'Chat for work', permission: 'notifications', decision: 'refused' }),
        grant({ label: 'Chat', permission: 'notifications', decision: 'unasked' }),
      ],
    };
  },

  damaged: () => ({
    me: me(),
    peers: [],
    instances: [],
    invitations: [],
    damage: {
      kind: 'set-aside',
      folder: '/home/ana/.local/share/mutiny/profiles/default/damaged-1795393980',
      at: Date.now() - 3 * MINUTE,
    },
  }),

  hundred: () => {
    const names = [
      'Ada',
      'Bo',
      'Chidi',
      'Dana',
      'Emre',
      'Fatima',
      'Georg',
      'Hana',
      'Ivo',
      'Jun',
      'Kofi',
      'Lea',
      'Mira',
    ];
    const many = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));
    return {
      me: me(),
      peers: many(120, (i) =>
        peer({
          name: `${names[i % names.length]} ${i + 1}`,
          presence: i < 30 ? 'online' : 'offline',
          trust: i % 4 ? 'friend' : 'none',
          nearby: i % 3 === 0,
          lastSeen: Date.now() - i * i * 11 * MINUTE,
          waiting: i % 9 === 0 ? i : 0,
        }),
      ),
      instances: many(40, (i) =>
        instance({ app: { name: `${names[(i * 5) % names.length]}’s app ${i + 1}` }, unread: i * 37 }),
      ),
      invitations: many(120, (i) =>
        invitation({ fromName: `${names[i % names.length]} ${i + 1}`, appName: 'Whiteboard' }),
      ),
    };
  },

  names: () => {
    const chat = instance({
      label: LONG,
      unread: 12345,
      waiting: 4321,
      app: { name: LONG, id: 'org.example.long', version: '10.20.30-beta.4+build.5678' },
    });
    const arabic = instance({
      label: 'محادثة العائلة',
      app: { name: 'محادثة', id: 'org.example.arabic', description: 'تحدث مع من تعرفهم.' },
      unread: 3,
    });
    return {
      me: me({ name: 'ליאורה בן-דוד', profile: 'a-profile-with-quite-a-long-name-for-one' }),
      peers: [
        peer({ name: LONG, waiting: 1234, presence: 'offline', lastSeen: Date.now() - 400 * DAY }),
        peer({ name: 'محمد عبد الله', waiting: 2, presence: 'offline', lastSeen: Date.now() - DAY }),
        peer({ name: 'ליאורה', nearby: true }),
        peer({ name: '小林 さくら' }),
        peer({ name: '🐙' }),
        peer({ name: 'Pneumonoultramicroscopicsilicovolcanoconiosispneumonoultramicroscopic', trust: 'none' }),
      ],
      instances: [
        chat,
        arabic,
        instance({
          app: { name: 'Ping' },
          problem: `/home/ana/${'very-'.repeat(30)}long/mutiny.json cannot be used: “entry” names a page that is not there.`,
        }),
      ],
      invitations: [
        invitation({ fromName: 'محمد عبد الله', appName: 'محادثة', candidates: [arabic.id] }),
        invitation({ fromName: LONG, appName: LONG, candidates: [chat.id], appVersion: '11.0.0' }),
        invitation({ fromName: LONG, appName: LONG, answer: 'accepted', instance: chat.id }),
        invitation({ fromName: 'محمد', appName: 'محادثة', answer: 'declined' }),
      ],
    };
  },

  broken: () => ({
    ...scenarios['empty']!(),
    broken: {
      code: 'Storage',
      message: 'The database failed: disk I/O error. Nothing was lost; try again, and check that the disk is not full.',
    },
  }),

  waiting: () => ({ ...busy(scenarios['normal']!()), failures: 3 }),
  deep: () => busy(scenarios['normal']!(), 600),
  waitingNames: () => busy(scenarios['names']!()),

  slow: () => ({ ...scenarios['normal']!(), delay: 5000 }),
};
