/** How apps and people look that bring no picture: always the same for the same id. */

/** The drawing of an icon or avatar. Angles are in degrees. */
export interface Face {
  /** Hue of the ground. */
  ground: number;
  /** Hue of the shape on it. */
  shape: number;
  /** Which side the shape lies at. */
  turn: number;
  /** Which shape it is. */
  form: (typeof FORMS)[number];
}

const FORMS = ['half', 'disc', 'quarter', 'band', 'ring'] as const;
/** Hues that are pleasant when dark enough for white letters; the olive ones are not. */
const HUES = [20, 42, 62, 142, 160, 180, 205, 230, 252, 272, 292, 312, 335, 358];
const TURNS = 8;

export function face(id: string): Face {
  let bits = hash(id);
  const take = (n: number) => {
    const taken = bits % n;
    bits = Math.floor(bits / n);
    return taken;
  };
  const ground = take(HUES.length);
  // Far enough from the ground to be seen, near enough to be quiet.
  const shape = (ground + 2 + take(4)) % HUES.length;
  return {
    ground: HUES[ground] ?? 0,
    shape: HUES[shape] ?? 0,
    turn: (take(TURNS) * 360) / TURNS,
    form: FORMS[take(FORMS.length)] ?? 'half',
  };
}

/** The first letter or digit of a name, as one whole character of its script. */
export function initial(name: string): string {
  for (const { segment } of new Intl.Segmenter().segment(name)) {
    if (/[\p{L}\p{N}]/u.test(segment)) return segment.toLocaleUpperCase();
  }
  return '?';
}

/** FNV-1a with a final mix: spreads ids well that differ in one character. Not for secrets. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    h = Math.imul(h ^ byte, 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
